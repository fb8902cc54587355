"""A question whose answer is known, and putting it to a library."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import images
from explorer.catalog.records import FigureRecord
from explorer.errors import QueryError
from explorer.evaluate.augmentations import Change, changed
from explorer.evaluate.metrics import Ranking
from explorer.search.arguments import shortened
from explorer.search.hits import Result

if TYPE_CHECKING:
    from PIL.Image import Image

# Figures asked for. What stands behind them counts as not found: it would add less than 0.01 to a mean.
DEPTH = 100

Asked = Literal["words", "pictures"]


class Browsed(Protocol):
    """The figures and pictures of a library."""

    def figures(self) -> list[FigureRecord]:
        """See LibraryBrowser."""

    def picture_path(self, sha256: str, size: Literal["small", "large", "original"] = "small") -> Path:
        """See LibraryBrowser."""


class Searched(Protocol):
    """The part of a library that is evaluated."""

    @property
    def browse(self) -> Browsed:
        """See Library."""

    def search(
        self,
        words: str | None = None,
        *,
        picture: Image | None = None,
        limit: int = 20,
        weights: Mapping[str, float] | None = None,
    ) -> Result:
        """See Library."""


@dataclass(frozen=True, slots=True)
class Question:
    """Words or a picture, and the images of the figures that answer; without any it cannot be answered.

    `image` is a file in `folder`, or, changed, the picture of a figure of the library.
    """

    line: int
    relevant: frozenset[str]
    words: str | None = None
    image: str | None = None
    folder: Path = field(default_factory=Path)
    change: Change | None = None
    written_kind: str | None = None

    @property
    def asked(self) -> Asked:
        return "words" if self.image is None else "pictures"

    @property
    def kind(self) -> str:
        """What it is counted under: what was done to its picture, else what the file says."""
        return self.change.operation if self.change else self.written_kind or "other"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that was not asked, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question as this library is asked it, and the pictures of this library that answer it."""

    words: str | None
    picture: Image | None
    relevant: frozenset[str]


def picture_of(figure: FigureRecord) -> str:
    """What makes figures one picture: the group of its copies; the image that is named where there is none."""
    return figure.group or figure.image or figure.id


class EvaluationRunner:
    """Puts questions to a library. A picture counts once in what is found, however many figures show it."""

    def __init__(self, library: Searched, weights: Mapping[str, float] | None = None) -> None:
        self._library = library
        self._weights = weights or {}
        self._pictures: dict[str, set[str]] = defaultdict(set)
        self._files: dict[str, str] = {}
        for figure in library.browse.figures():
            if figure.image:
                self._pictures[figure.image].add(picture_of(figure))
                if figure.sha256:
                    self._files.setdefault(figure.image, figure.sha256)

    def pictures(self, named: Collection[str]) -> frozenset[str]:
        """The pictures of the figures with these images."""
        return frozenset().union(*(self._pictures.get(image, ()) for image in named))

    def prepare(self, question: Question) -> Prepared:
        """The question, ready; QueryError when this library cannot be asked it."""
        relevant = self.pictures(question.relevant)
        if question.relevant and not relevant:
            raise QueryError("none of its relevant figures is in the library")
        return Prepared(question.words, self.picture(question), relevant)

    def ask(self, prepared: Prepared, weights: Mapping[str, float] | None = None) -> Result:
        """What the library finds; `weights` count instead of those that the asker was made with."""
        return self._library.search(
            prepared.words and shortened(prepared.words),  # a long caption is asked by its beginning
            picture=prepared.picture,
            limit=DEPTH,
            weights=self._weights if weights is None else weights,
        )

    def picture(self, question: Question) -> Image | None:
        """The picture that is asked for, if one is; QueryError where it cannot be had."""
        if question.image is None:
            return None
        file = self._file(question.image, question)
        shown = changed(file, question.change) if question.change else file
        try:
            return images.open_picture(shown)
        except images.PictureError as error:
            raise QueryError(f"{file}: {error}") from error

    def _file(self, image: str, question: Question) -> Path:
        """A picture that is changed is a figure's; any other lies beside the questions."""
        beside = question.folder / image
        sha256 = self._files.get(image)
        if sha256 is not None and (question.change or not beside.is_file()):
            return self._library.browse.picture_path(sha256, "original")
        if beside.is_file():
            return beside
        raise QueryError(f"{image} is no figure of the library and no file in {question.folder}")


def ranking(result: Result, relevant: frozenset[str]) -> Ranking:
    """The pictures of a result, each at its first place."""
    shown = (hit.record for hit in result.hits)
    pictures = dict.fromkeys(picture_of(one) for one in shown if isinstance(one, FigureRecord))
    return Ranking(tuple(pictures), relevant)
