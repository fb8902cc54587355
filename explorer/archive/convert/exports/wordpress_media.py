"""The media library of a WordPress export: what was uploaded, and what is said of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urlsplit

from explorer.archive.convert.figure_html import figure_html
from explorer.archive.links.addresses import is_picture_address

# WordPress keeps smaller copies of a.jpg as a-300x200.jpg, and the first upload of a large one as a-scaled.jpg.
_COPY = re.compile(r"-(?:\d{1,5}x\d{1,5}|scaled)(?=\.\w{2,5}$)")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture of the media library; empty words are unknown."""

    identity: str
    address: str
    alt: str
    caption: str
    parent: str = ""  # the post that it was uploaded to
    place: int = 0  # among the attachments of that post

    def figure(self) -> str:
        """Return the picture with its caption, which is HTML: editors set links and italics in it."""
        shown = figure_html(self.address, self.alt, None, escape)
        return f"<figure>{shown}<figcaption>{self.caption}</figcaption></figure>\n"


@dataclass(frozen=True, slots=True)
class Media:
    """The media library, by identity, by address and by the post that each was uploaded to."""

    by_identity: Mapping[str, Attachment] = field(default_factory=dict)
    by_address: Mapping[str, Attachment] = field(default_factory=dict)
    by_parent: Mapping[str, list[Attachment]] = field(default_factory=dict)

    @staticmethod
    def of(attachments: Iterable[Attachment]) -> Media:
        """Return the library that holds these."""
        known = list(attachments)
        attached: dict[str, list[Attachment]] = defaultdict(list)
        for one in sorted(known, key=_order):
            if one.parent not in {"", "0"} and is_picture_address(one.address):
                attached[one.parent].append(one)
        return Media(
            {one.identity: one for one in known},
            {upload_path(one.address): one for one in known},
            dict(attached),
        )

    def known(self, identities: Iterable[str]) -> list[Attachment]:
        """Return those of these identities that are in the library, each once, in their order."""
        return [self.by_identity[it] for it in dict.fromkeys(identities) if it in self.by_identity]


def upload_path(address: str) -> str:
    """Return what names an uploaded picture, whichever of its copies is meant and from whatever host."""
    return _COPY.sub("", address_path(address))


def address_path(address: str) -> str:
    """Return the path of an address, as far as it is one."""
    try:
        return urlsplit(address).path
    except ValueError:
        return address.partition("?")[0]


def _order(attachment: Attachment) -> tuple[int, int]:
    return attachment.place, int(attachment.identity) if attachment.identity.isdecimal() else 0
