"""Where other issues talk about what a figure shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import images
from explorer.catalog.records import FigureRecord, ItemRecord, Selection
from explorer.catalog.store import Catalog
from explorer.index import Vector
from explorer.ingest.embedding import CachedEmbedder
from explorer.representation.fields import caption_and_alt, heading_and_text, surrounding_texts
from explorer.representation.legs import ITEM
from explorer.search.engine import SearchEngine
from explorer.search.hits import Hit
from explorer.search.query import Phrase, Query
from explorer.search.sentences import sentences_of

if TYPE_CHECKING:
    from PIL.Image import Image

# How much the text around a figure counts beside what the figure says itself.
AROUND = 0.4


@dataclass(frozen=True, slots=True)
class Discussion:
    """An item of another issue, and the sentence in it that comes nearest to the figure."""

    hit: Hit
    passage: str


def discussed(
    figure: FigureRecord, engine: SearchEngine, catalog: Catalog, embedder: CachedEmbedder, limit: int
) -> tuple[Discussion, ...]:
    """Items of other issues that talk about what the figure shows, best first: by its picture and by its words."""
    phrases = _phrases(figure)
    picture = _picture(figure, embedder)
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
    sought = embedder.encoders.sentences.encode_texts([words])[0] if words else None
    return tuple(
        Discussion(hit, _nearest_sentence(hit.record, sought, embedder))
        for hit in hits
        if isinstance(hit.record, ItemRecord)
    )


def _phrases(figure: FigureRecord) -> tuple[Phrase, ...]:
    """What the figure says, and what is said around it; its issue's title is about more than it."""
    own = caption_and_alt(figure)
    around = " ".join(text for part, text in surrounding_texts(figure).items() if part != "title")
    said = [Phrase(own)] if own else []
    return (*said, *([Phrase(around, AROUND if own else 1.0)] if around else []))


def _picture(figure: FigureRecord, embedder: CachedEmbedder) -> Image | None:
    if figure.sha256 is None:
        return None
    try:
        return images.open_picture(embedder.pictures.original(figure.sha256))
    except images.PictureError:
        return None


def _nearest_sentence(item: ItemRecord, sought: Vector | None, embedder: CachedEmbedder) -> str:
    """The sentence nearest to what is sought, of the window that is: windows have their vectors already.

    The first one where nothing but a picture is sought.
    """
    sentences = sentences_of(item.text or item.heading or "")
    if sought is None:
        return sentences[0]
    encoder = embedder.encoders.sentences
    words = heading_and_text(item)
    windows = encoder.windows(words)
    if len(windows) > 1:
        [known] = embedder.sentence_vectors([words])
        sentences = sentences_of(windows[int(np.argmax(known @ sought))])
    return sentences[int(np.argmax(encoder.encode_texts(sentences) @ sought))]
