"""Questions with known answers, and the runner that asks a library."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import images
from explorer.catalog.records import FigureRecord
from explorer.errors import QueryError
from explorer.evaluate.augmentations import Augmentation, augment
from explorer.evaluate.metrics import Ranking
from explorer.search.arguments import shortened
from explorer.search.hits import Result

if TYPE_CHECKING:
    from PIL.Image import Image

# Maximum number of figures per search. Figures behind them count as not found: each would add less than 0.01 to a mean.
DEPTH = 100

QueryType = Literal["words", "pictures"]


class BrowsableLibrary(Protocol):
    """The figures and pictures of a library."""

    def figures(self) -> list[FigureRecord]:
        """See LibraryBrowser."""

    def picture_path(self, sha256: str, size: Literal["small", "large", "original"] = "small") -> Path:
        """See LibraryBrowser."""


class SearchableLibrary(Protocol):
    """The part of a library that is needed to evaluate it."""

    @property
    def browse(self) -> BrowsableLibrary:
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
    """Words or a picture, and the images of the relevant figures; without any, the question is unanswerable.

    `image` is a file in `folder`, or the picture of a figure of the library. An augmented picture is always a figure's.
    """

    line: int
    relevant: frozenset[str]
    words: str | None = None
    image: str | None = None
    folder: Path = field(default_factory=Path)
    augmentation: Augmentation | None = None
    written_kind: str | None = None

    @property
    def query_type(self) -> QueryType:
        return "words" if self.image is None else "pictures"

    @property
    def kind(self) -> str:
        """The kind under which the question is counted: the operation on its picture, or else the kind in the file."""
        return self.augmentation.operation if self.augmentation else self.written_kind or "other"


@dataclass(frozen=True, slots=True)
class SkippedQuestion:
    """A line that was not asked, and the reason."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class PreparedQuestion:
    """A question for one library, and the relevant pictures of that library."""

    words: str | None
    picture: Image | None
    relevant: frozenset[str]


def picture_of(figure: FigureRecord) -> str:
    """Return the key of the picture of a figure: the group of its copies, or else its image, or its id."""
    return figure.group or figure.image or figure.id


class EvaluationRunner:
    """Runner of questions against a library. Each picture counts once in a result, however many figures show it."""

    def __init__(self, library: SearchableLibrary, weights: Mapping[str, float] | None = None) -> None:
        self._library = library
        self._weights = weights or {}
        self._pictures: dict[str, set[str]] = defaultdict(set)
        self._files: dict[str, str] = {}
        for figure in library.browse.figures():
            if figure.image:
                self._pictures[figure.image].add(picture_of(figure))
                if figure.sha256:
                    self._files.setdefault(figure.image, figure.sha256)

    def pictures(self, image_names: Collection[str]) -> frozenset[str]:
        """Return the pictures of the figures with these images."""
        return frozenset().union(*(self._pictures.get(image, ()) for image in image_names))

    def prepare(self, question: Question) -> PreparedQuestion:
        """Prepare a question. Raises QueryError if it cannot be asked of this library."""
        relevant = self.pictures(question.relevant)
        if question.relevant and not relevant:
            raise QueryError("none of its relevant figures is in the library")
        return PreparedQuestion(question.words, self.picture(question), relevant)

    def ask(self, prepared: PreparedQuestion, weights: Mapping[str, float] | None = None) -> Result:
        """Search the library. `weights` replace those of the runner."""
        return self._library.search(
            prepared.words and shortened(prepared.words),  # of a long caption, only the beginning
            picture=prepared.picture,
            limit=DEPTH,
            weights=self._weights if weights is None else weights,
        )

    def picture(self, question: Question) -> Image | None:
        """Return the picture of a question, if it has one. Raises QueryError if the picture cannot be read."""
        if question.image is None:
            return None
        file = self._file(question.image, question)
        shown = augment(file, question.augmentation) if question.augmentation else file
        try:
            return images.open_picture(shown)
        except images.PictureError as error:
            raise QueryError(f"{file}: {error}") from error

    def _file(self, image: str, question: Question) -> Path:
        """Return the file of a question's picture: a figure's, if it is augmented, or else one beside the questions."""
        file = question.folder / image
        sha256 = self._files.get(image)
        if sha256 is not None and (question.augmentation or not file.is_file()):
            return self._library.browse.picture_path(sha256, "original")
        if file.is_file():
            return file
        raise QueryError(f"{image} is neither a figure of the library nor a file in {question.folder}")


def ranking(result: Result, relevant: frozenset[str]) -> Ranking:
    """Return the ranking of the pictures of a result, each at its first position."""
    records = (hit.record for hit in result.hits)
    pictures = dict.fromkeys(picture_of(record) for record in records if isinstance(record, FigureRecord))
    return Ranking(tuple(pictures), relevant)
