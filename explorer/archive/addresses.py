"""From a picture's address as written to the file it means, as the archive's own site would resolve it."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from explorer.archive.templates import PICTURE_PATH

# Folders whose content a site generator serves from its root: Jekyll, Hugo, Gatsby, Sphinx, Docusaurus, Eleventy.
SITE_ROOTS = (
    "static",
    "public",
    "_static",
    "source",
    "src",
    "docs",
    "content",
    "site",
    "www",
    "_site",
    "assets",
    "html",
)
_SCHEME = re.compile(r"^(?:https?:)?//", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]{1,20}:", re.IGNORECASE)
_ALIASES = re.compile(r"^(?:@site|@|~|\$lib|%PUBLIC_URL%)/")


class Addresses:
    """Resolves written addresses against the files of one archive."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = set(paths)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._paths):
            self._by_name[posixpath.basename(path).lower()].append(path)
        self._roots = sorted(
            {root for path in self._paths for root in _site_roots(path)},
            key=lambda root: (root.count("/"), root),
        )

    def resolve(self, written: str, document: str) -> tuple[str, bool]:
        """The archive path or URL that `written` means in `document`, and whether it is a file of the archive.

        An address that leads nowhere is still given its path, as its site would build it.
        """
        if is_remote(written):
            return ("https:" + written if written.startswith("//") else written), False
        path = _clean(written)
        for candidate in self._candidates(path, document):
            if candidate in self._paths:
                return candidate, True
        return self._by_tail(path, document) or (_expected(path, document), False)

    def _candidates(self, path: str, document: str) -> Iterator[str]:
        folder = posixpath.dirname(document)
        if not path.startswith("/"):
            yield _join(folder, path)
            # A post `a/b.md` is served as `a/b/`, so its relative addresses may be one level deeper.
            yield _join(posixpath.splitext(document)[0], path)
        bare = re.sub(r"^(?:\.{0,2}/)+", "", path)
        for ancestor in _ancestors(folder):
            yield _join(ancestor, bare)
        for root in self._roots:
            yield _join(root, bare)

    def _by_tail(self, path: str, document: str) -> tuple[str, bool] | None:
        """The one file whose path ends as the address does: a site served below a prefix, a vault of notes."""
        parts = [part for part in path.split("/") if part not in {"", ".", ".."}]
        if not parts:
            return None
        named = self._by_name.get(parts[-1].lower(), [])
        for length in range(len(parts), 0, -1):
            tail = "/" + "/".join(parts[-length:]).lower()
            found = [file for file in named if ("/" + file.lower()).endswith(tail)]
            if len(found) == 1 and (length > 1 or len(parts) == 1):
                return found[0], True
            if found:
                near = [
                    file for file in found if posixpath.dirname(file).startswith(posixpath.dirname(document))
                ]
                return (near[0], True) if len(near) == 1 else None
        return None


def is_remote(written: str) -> bool:
    return bool(_SCHEME.match(written))


def is_picture_address(written: str) -> bool:
    """Whether the address ends in a picture's suffix."""
    return bool(PICTURE_PATH.search(urlsplit(written).path if is_remote(written) else _clean(written)))


def is_foreign_scheme(written: str) -> bool:
    """`mailto:`, `blob:`, `file:` and the like: nothing of the archive's, nothing of the web's."""
    return bool(_OTHER_SCHEME.match(written)) and not is_remote(written)


def _clean(written: str) -> str:
    """Without query and fragment, URL-decoded, slashes forward."""
    path = _ALIASES.sub("/", written.strip().replace("\\", "/"))
    if "{{" not in path:
        path = re.split(r"[?#]", path, maxsplit=1)[0]
    return unquote(path).replace("\x00", "")


def _join(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path.lstrip("/") if not folder else path)).lstrip("/")


def _expected(path: str, document: str) -> str:
    """Where the file should be: from the site's root or beside the document, never above the archive."""
    joined = path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(document), path)
    normal = posixpath.normpath(joined)
    return re.sub(r"^(?:\.\./)+", "", normal)


def _ancestors(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def _site_roots(path: str) -> Iterator[str]:
    """`themes/x/static/a.png` is served as `/a.png`: every folder of the path that is such a root."""
    parts = path.split("/")[:-1]
    for depth, part in enumerate(parts):
        if part in SITE_ROOTS:
            yield "/".join(parts[: depth + 1])
