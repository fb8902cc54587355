"""How large pictures are: as their page shows them, and as their files are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from explorer.archive.model import Read
from explorer.errors import ArchiveError

Size = tuple[int, int]
# WordPress and others name the sizes of a picture after it: `mill-1024x683.jpg`.
_SIZE_IN_NAME = re.compile(r"[-_](\d{2,5})x(\d{2,5})\.\w{3,5}(?:[?#]|$)")


class PictureSizes:
    """The sizes of the files of an archive, each opened at most once and only when somebody asks."""

    def __init__(self, read: Callable[[str], bytes] | None = None) -> None:
        self._read = read
        self._known: dict[str, Size | None] = {}

    def of(self, address: str, candidates: Iterable[str], data: Read | None) -> Size | None:
        """Width and height of the picture of an address; None where nothing tells."""
        if data is not None:
            return _measured(data)
        sizes = [size for path in candidates if (size := self._of_file(path))]
        return max(sizes, default=None, key=lambda size: size[0] * size[1]) or _named(address)

    def _of_file(self, path: str) -> Size | None:
        if path not in self._known:
            read = self._read
            self._known[path] = _measured(lambda: read(path)) if read is not None else None
        return self._known[path]


def _measured(read: Read) -> Size | None:
    from images.size import picture_size  # brings Pillow, which few commands need

    try:
        return picture_size(read())
    except ArchiveError:
        return None


def _named(address: str) -> Size | None:
    found = _SIZE_IN_NAME.search(address)
    return (int(found[1]), int(found[2])) if found else None
