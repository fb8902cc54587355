"""Items of other issues about the content of a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import images
from explorer.catalog.records import FigureRecord, ItemRecord, Selection
from explorer.catalog.store import Catalog
from explorer.index import Vector
from explorer.ingest.embedding import CachedEmbedder
from explorer.representation.fields import caption_and_alt, heading_and_text, sentences_of, surrounding_texts
from explorer.representation.legs import ITEM
from explorer.search.engine import SearchEngine
from explorer.search.hits import Hit
from explorer.search.query import Phrase, Query

if TYPE_CHECKING:
    from PIL.Image import Image

# The weight of the text around a figure, relative to its caption and alt text.
CONTEXT_WEIGHT = 0.4


@dataclass(frozen=True, slots=True)
class Discussion:
    """An item of another issue, and its sentence nearest to the figure."""

    hit: Hit
    passage: str


def find_discussions(
    figure: FigureRecord, engine: SearchEngine, catalog: Catalog, embedder: CachedEmbedder, limit: int
) -> tuple[Discussion, ...]:
    """Return items of other issues about the content of the figure, best first, by its picture and its texts."""
    phrases = _phrases(figure)
    picture = _open_picture(figure, embedder)
    if picture is None and not phrases:
        return ()
    words = phrases[0].text if phrases else None
    own_issue = catalog.items.select(Selection(issue_id=figure.issue_id))
    query = Query(
        words=words,
        picture=picture,
        kind=ITEM,
        limit=limit,
        phrases=phrases,
        exclude_ids=frozenset(item.id for item in own_issue),
    )
    hits = engine.search(query).hits
    query_vector = embedder.encoders.sentences.encode_texts([words])[0] if words else None
    return tuple(
        Discussion(hit, _nearest_sentence(hit.record, query_vector, embedder))
        for hit in hits
        if isinstance(hit.record, ItemRecord)
    )


def _phrases(figure: FigureRecord) -> tuple[Phrase, ...]:
    """Return the texts of the figure as phrases: its own, and the text around it without the title."""
    own_text = caption_and_alt(figure)
    context = " ".join(text for name, text in surrounding_texts(figure).items() if name != "title")
    own_phrases = [Phrase(own_text)] if own_text else []
    return (*own_phrases, *([Phrase(context, CONTEXT_WEIGHT if own_text else 1.0)] if context else []))


def _open_picture(figure: FigureRecord, embedder: CachedEmbedder) -> Image | None:
    if figure.sha256 is None:
        return None
    try:
        return images.open_picture(embedder.pictures.original(figure.sha256))
    except images.PictureError:
        return None


def _nearest_sentence(item: ItemRecord, query_vector: Vector | None, embedder: CachedEmbedder) -> str:
    """Return the sentence of an item that is nearest to the query vector, or the first one without a query vector.

    It is looked for in the nearest window, because the vectors of windows are cached.
    """
    sentences = sentences_of(item.text or item.heading or "")
    if query_vector is None:
        return sentences[0]
    encoder = embedder.encoders.sentences
    text = heading_and_text(item)
    windows = encoder.windows(text)
    if len(windows) > 1:
        [window_vectors] = embedder.sentence_vectors([text])
        sentences = sentences_of(windows[int(np.argmax(window_vectors @ query_vector))])
    return sentences[int(np.argmax(encoder.encode_texts(sentences) @ query_vector))]
