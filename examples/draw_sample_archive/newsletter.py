"""What an issue of the newsletter is made of, before it is written as HTML, Markdown or plain text."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["kept", "missing", "remote", "unreadable"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One appearance of a picture. `way` names how the writer of its format puts it down."""

    picture: str | None
    caption: str = ""
    credit: str = ""
    alt: str = ""
    way: str = "figure"
    status: Status = "kept"
    shown: str | None = None
    """The small picture that stands in the page and links to `picture`."""


@dataclass(frozen=True, slots=True)
class Item:
    """One section: its heading and what stands under it."""

    heading: str
    blocks: tuple[str | Figure, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue, and the file it is written to."""

    document: str
    number: int
    name: str
    date: str
    author: str
    greeting: str
    items: tuple[Item, ...]
    front_matter: Literal["yaml", "toml"] = "yaml"

    @property
    def title(self) -> str:
        return f"Figures Monthly, issue #{self.number}: {self.name}"

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(block for item in self.items for block in item.blocks if isinstance(block, Figure))
