"""From a picture's address as written to the file it means, as the archive's own site would resolve it."""

from __future__ import annotations

import copy
import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from explorer.archive.html.picture_styles import PictureSizes, StyleRule, StyleSheets
from explorer.archive.links.image_proxies import fetched_addresses
from explorer.archive.links.ownership import Ownership, ancestors, is_in_shared_folder, site_roots
from explorer.archive.links.picture_suffixes import PICTURE_PATH, WIKI_LINK
from explorer.archive.mentioned import Accounted
from explorer.archive.model import Read
from explorer.archive.site.copy_paths import absolute, kept_at
from explorer.errors import ArchiveError
from images import PICTURE_SUFFIXES

# A number is no suffix: `fig.1` and `fig-1.2` are names.
_A_SUFFIX = re.compile(r"\.[a-z]\w{1,4}$", re.IGNORECASE)
MAX_PREFIX_PARTS = 4
_OF_OTHER_SIZE = re.compile(
    r"-(?:\d{1,5}x\d{1,5}|scaled)(?=\.\w{2,5}$)|(?<=/)size/w\d{1,5}(?:h\d{1,5})?/", re.IGNORECASE
)
MAX_PROXIES = 2  # one behind another
_SCHEME = re.compile(r"^(?:https?:)?//", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]{1,20}:", re.IGNORECASE)
_ALIASES = re.compile(r"^(?:@site|@|~|\$lib|%PUBLIC_URL%)/")
_PELICAN = re.compile(r"^(?:\{(?:static|attach|filename|photo)\}|\|(?:static|attach|filename)\|)")


class Addresses:
    """Resolves written addresses against the files of one archive; `read` opens those of which more must be known.

    `documents` are its issues: what only one of them shows is not taken for a picture of another.
    """

    def __init__(
        self,
        paths: Iterable[str],
        read: Callable[[str], bytes] | None = None,
        documents: Iterable[str] = (),
    ) -> None:
        self._read = read
        self.sizes, self.sheets = PictureSizes(read), StyleSheets(read)
        self._ownership = Ownership(documents, read)
        self._paths = {_composed(path): path for path in paths}
        self._folded = {path.lower(): self._paths[path] for path in sorted(self._paths, reverse=True)}
        self._folders = {part.lower() for path in self._paths for part in path.split("/")[:-1]}
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._paths):
            self._by_name[name_of(path)].append(path)
        self._roots = sorted(
            {root for path in self._paths for root in site_roots(path)},
            key=lambda root: (root.count("/"), root),
        )
        self._home = self._page = self._base = ""
        self._carried: Mapping[str, Read] = {}
        self.asked: set[str] = set()
        self.accounted = Accounted()

    def of_document(self, parts: Mapping[str, Read]) -> Addresses:
        """The same for one document, which may carry pictures itself (`parts`, by the address that it gives them).

        Its `asked` fills with the names of the files that it asks for, whether they are there or not, its `accounted`
        with the addresses that an element shows.
        """
        own = copy.copy(self)
        own._carried, own.asked, own.accounted = parts, set(), Accounted()
        return own

    def carried(self, written: str) -> Read | None:
        """How to read the picture that the document itself carries under this address, if it does."""
        own = self._carried.get(written.strip())
        if own:
            self.accounted.add(written)
        return own

    def at_home(self, address: str | None, base: str | None = None) -> Addresses:
        """The same, knowing the address of the page: what its site serves may be among the files of its archive.

        `base` is what its relative addresses are counted from, where it says so (`<base>`).
        """
        counted_from = base if base and is_remote(base) else ""
        home = address if address and is_remote(address) else counted_from
        if not home:
            return self
        homely = copy.copy(self)
        homely._home, homely._page, homely._base = host_of(home), counted_from or home, counted_from
        return homely

    def resolve(self, written: str, document: str) -> tuple[str, bool]:
        """The archive path or URL that `written` means in `document`, and whether it is a file of the archive.

        An address that leads nowhere is still given its path, as its site would build it.
        """
        meant, is_there = self._resolved(written, document)
        self.accounted.add(written)
        self.accounted.add(meant)
        return meant, is_there

    def content(self, written: str, document: str) -> bytes | None:
        """What the file holds that `written` means in `document`; None where neither it nor the archive has one."""
        own = self.carried(written)
        meant, is_there = (written, False) if own else self.resolve(written, document)
        try:
            return own() if own else (self._read(meant) if self._read and is_there else None)
        except ArchiveError:
            return None

    def sheet(self, written: str, document: str) -> tuple[StyleRule, ...]:
        """The rules of the style sheet that `written` means in `document`, where the archive has it."""
        meant, is_there = self._resolved(written, document)
        return self.sheets.rules_of(meant) if is_there else ()

    def _resolved(self, written: str, document: str, depth: int = MAX_PROXIES) -> tuple[str, bool]:
        copied = self._in_copy_of_web(written, document)
        if copied:
            return copied, True
        meant, is_there = self._at_home_or_beside(written, document)
        if is_there or depth == 0:
            return meant, is_there
        # An address that fetches another one means the picture behind that, where it is a file of the archive.
        fetched = (self._resolved(one, document, depth - 1) for one in fetched_addresses(written))
        return next((one for one in fetched if one[1]), (meant, False))

    def _at_home_or_beside(self, written: str, document: str) -> tuple[str, bool]:
        if is_remote(written):
            address = "https:" + written if written.startswith("//") else written
            own = self._found(urlsplit(address).path, document) if self._is_home(address) else None
            return (own, True) if own else (address, False)
        found = self._found(written, document)
        if found:
            return found, True
        counted = absolute(written, self._base) if self._base else ""
        return counted or _expected(_clean(written), document), False

    def _in_copy_of_web(self, written: str, document: str) -> str | None:
        """The file `host/path` in which a crawler kept what an address means, from whichever host it came."""
        if not self._page and not is_remote(written):
            return None
        paths = [_composed(path) for path in kept_at(written, self._page or "https:")]
        self.asked.update(map(name_of, paths[:1]))
        for path in paths:
            for folder in ancestors(posixpath.dirname(document)):
                found = self._paths.get(_join(folder, path))
                if found:
                    return found
        return None

    def _is_home(self, address: str) -> bool:
        return bool(self._home) and host_of(address) == self._home

    def _found(self, written: str, document: str) -> str | None:
        is_wiki_link = written.endswith(WIKI_LINK)
        written = written.removesuffix(WIKI_LINK)
        path = _clean(written)
        self.asked.update(name_of(spelling) for spelling in (path, written.strip()))
        # A file may be named with the very characters that stand for others in addresses.
        return (
            self._at_candidate(list(dict.fromkeys((path, written.strip()))), document, is_wiki_link)
            or self._by_stem(path, document)
            or self._original_of(path, document)
            or self._by_tail(_bare(path), document, is_wiki_link)
        )

    def _at_candidate(self, spellings: list[str], document: str, is_wiki_link: bool) -> str | None:
        for known in (self._paths, self._folded):
            for spelling in spellings:
                bare = _bare(spelling)
                for candidate, is_sure in self._candidates(spelling, bare, document):
                    file = known.get(candidate if known is self._paths else candidate.lower())
                    if file and (is_sure or not self._is_of_another(file, document, bare, is_wiki_link)):
                        return file
        return None

    def _is_of_another(self, file: str, document: str, bare: str, is_wiki_link: bool) -> bool:
        return self._ownership.is_of_another(file, document, bare, in_vault=is_wiki_link)

    def _candidates(self, path: str, bare: str, document: str) -> Iterator[tuple[str, bool]]:
        """Where the file may be, nearest first, and whether the address says so, or only the customs of sites."""
        folder = posixpath.dirname(document)
        if path.startswith("/"):
            yield bare, True
        else:
            yield _join(folder, path), True
            # A post `a/b.md` is served as `a/b/`, so its relative addresses may be one level deeper.
            yield _join(posixpath.splitext(document)[0], path), True
        below = [*ancestors(folder), *self._roots]
        yield from ((_join(root, bare), False) for root in below)
        if path.startswith("/"):
            yield from self._without_prefix(bare, below)

    def _by_stem(self, path: str, document: str) -> str | None:
        """The picture that an address without a suffix means in its folder: `harbour` or `harbour.*`."""
        stem = path.removesuffix(".*")
        if not stem or stem.endswith(("/", ".")) or _A_SUFFIX.search(stem):
            return None
        places = [_join(posixpath.dirname(document), stem), _join(posixpath.splitext(document)[0], stem)]
        if stem.startswith("/"):
            places = [stem.lstrip("/"), *(_join(root, stem.lstrip("/")) for root in self._roots)]
        self.asked.update(f"{name_of(stem)}.{suffix}" for suffix in PICTURE_SUFFIXES)
        candidates = (f"{place}.{suffix}" for place in places for suffix in PICTURE_SUFFIXES)
        return next((self._paths[one] for one in candidates if one in self._paths), None)

    def _original_of(self, path: str, document: str) -> str | None:
        """The file of which the address means another size: `a-300x200.jpg` of WordPress, `size/w600/a.jpg` of Ghost."""
        whole = _OF_OTHER_SIZE.sub("", path)
        if whole == path:
            return None
        self.asked.add(name_of(whole))
        return self._at_candidate([whole], document, is_wiki_link=False)

    def _without_prefix(self, bare: str, below: list[str]) -> Iterator[tuple[str, bool]]:
        """The same for a site that is served below a prefix: `/blog/img/a.png` is `img/a.png` of its folder.

        What is the name of a folder of the archive is no such prefix.
        """
        parts = bare.split("/")
        if parts[0].lower() in self._folders:
            return
        for first in range(1, min(len(parts) - 1, MAX_PREFIX_PARTS)):
            rest = "/".join(parts[first:])
            yield from ((_join(root, rest), False) for root in below)

    def _by_tail(self, bare: str, document: str, is_wiki_link: bool) -> str | None:
        """The one file whose path ends as the whole address does: a folder of attachments, figures of all chapters.

        A bare name is looked for in folders that all documents share, unless a wiki link has it.
        """
        tail = "/" + bare.lower()
        named = [file for file in self._by_name.get(name_of(bare), []) if ("/" + file.lower()).endswith(tail)]
        if "/" not in bare and not is_wiki_link:
            named = [file for file in named if is_in_shared_folder(file)]
        found = [
            file for file in named if not self._is_of_another(self._paths[file], document, bare, is_wiki_link)
        ]
        if len(found) > 1:
            own = posixpath.dirname(document) + "/"
            found = [file for file in found if file.startswith(own)]
        return self._paths[found[0]] if len(found) == 1 else None


def name_of(path: str) -> str:
    """By what a file is looked for: its name, whatever the folder and the case."""
    return posixpath.basename(path).lower()


def is_remote(written: str) -> bool:
    return bool(_SCHEME.match(written))


def is_picture_address(written: str) -> bool:
    """Whether the address ends in a picture's suffix."""
    path = re.split(r"[?#]", written, maxsplit=1)[0] if is_remote(written) else _clean(written)
    return bool(PICTURE_PATH.search(path))


def is_picture_file(path: str) -> bool:
    """The same of the path of a file, in which no character stands for another."""
    return posixpath.splitext(path)[1].lower()[1:] in PICTURE_SUFFIXES


def is_foreign_scheme(written: str) -> bool:
    """`mailto:`, `blob:`, `file:` and the like: nothing of the archive's, nothing of the web's."""
    return bool(_OTHER_SCHEME.match(written)) and not is_remote(written)


def _clean(written: str) -> str:
    """Without query and fragment, URL-decoded, slashes forward, the names of roots resolved."""
    path = written.strip().replace("\\", "/")
    if "{{" not in path:
        path = re.split(r"[?#]", path, maxsplit=1)[0]
    path = _composed(unquote(path).replace("\x00", ""))
    return _ALIASES.sub("/", _PELICAN.sub("", path))


def _composed(path: str) -> str:
    """One spelling of accents: a Mac writes them as two characters, its web pages as one."""
    return unicodedata.normalize("NFC", path)


def host_of(address: str) -> str:
    """The host of a remote address without its www; empty where it has none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:  # brackets that are no IPv6 address
        return ""


def _join(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path.lstrip("/") if not folder else path)).lstrip("/")


def _expected(path: str, document: str) -> str:
    """Where the file should be: from the site's root or beside the document, never above the archive."""
    joined = path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(document), path)
    return posixpath.normpath("/" + joined).lstrip("/")


def _bare(path: str) -> str:
    """A path without what leads it to a root or upwards."""
    return re.sub(r"^(?:\.{0,2}/)+", "", path)
