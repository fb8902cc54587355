"""The media library of a WordPress export: uploaded pictures with their captions and alt texts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urlsplit

from explorer.archive.html.caption_marks import figure_html
from explorer.archive.links.addresses import is_picture_address

# WordPress stores smaller copies of a.jpg as a-300x200.jpg, and shows a large upload as a-scaled.jpg.
_COPY = re.compile(r"-(?:\d{1,5}x\d{1,5}|scaled)(?=\.\w{2,5}$)")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the media library. Unknown texts are empty."""

    identity: str
    address: str
    alt: str
    caption: str
    parent: str = ""  # the post that it was uploaded to
    position: int = 0  # among the attachments of that post

    def figure(self) -> str:
        """Return the HTML of the picture with its caption, which is HTML: it may contain links and italics."""
        picture = figure_html(self.address, self.alt, None, escape)
        return f"<figure>{picture}<figcaption>{self.caption}</figcaption></figure>\n"


@dataclass(frozen=True, slots=True)
class MediaLibrary:
    """The attachments by identity, by address, and by the post that they were uploaded to."""

    by_identity: Mapping[str, Attachment] = field(default_factory=dict)
    by_address: Mapping[str, Attachment] = field(default_factory=dict)
    by_parent: Mapping[str, list[Attachment]] = field(default_factory=dict)

    @staticmethod
    def of(attachments: Iterable[Attachment]) -> MediaLibrary:
        """Return the library of these attachments."""
        attachments = list(attachments)
        by_parent: dict[str, list[Attachment]] = defaultdict(list)
        for attachment in sorted(attachments, key=_gallery_position):
            if attachment.parent not in {"", "0"} and is_picture_address(attachment.address):
                by_parent[attachment.parent].append(attachment)
        return MediaLibrary(
            {attachment.identity: attachment for attachment in attachments},
            {upload_path(attachment.address): attachment for attachment in attachments},
            dict(by_parent),
        )

    def find(self, identities: Iterable[str]) -> list[Attachment]:
        """Return the attachments with these identities, each once, in this order; missing ones are skipped."""
        return [
            self.by_identity[identity]
            for identity in dict.fromkeys(identities)
            if identity in self.by_identity
        ]


def upload_path(address: str) -> str:
    """Return the path of an uploaded picture, the same for all its copies and on any host."""
    return _COPY.sub("", address_path(address))


def address_path(address: str) -> str:
    """Return the path of an address; for an invalid address, the text before `?`."""
    try:
        return urlsplit(address).path
    except ValueError:
        return address.partition("?")[0]


def _gallery_position(attachment: Attachment) -> tuple[int, int]:
    return attachment.position, int(attachment.identity) if attachment.identity.isdecimal() else 0
