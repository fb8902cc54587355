"""Resolves addresses of pictures to files of the archive, as the site of the archive would."""

from __future__ import annotations

import copy
import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from explorer.archive.html.picture_styles import StyleRule, StyleSheets
from explorer.archive.links.image_proxies import fetched_addresses
from explorer.archive.links.ownership import Ownership, ancestors, is_in_shared_folder, site_roots
from explorer.archive.links.picture_suffixes import PICTURE_PATH, WIKI_LINK
from explorer.archive.mentioned import AccountedAddresses
from explorer.archive.model import Read
from explorer.archive.site.copy_paths import absolute, paths_of_copies
from explorer.errors import ArchiveError
from images import PICTURE_SUFFIXES

# A number is no suffix: `fig.1` and `fig-1.2` are names.
_A_SUFFIX = re.compile(r"\.[a-z]\w{1,4}$", re.IGNORECASE)
MAX_PREFIX_PARTS = 4
_RESIZED = re.compile(
    r"-(?:\d{1,5}x\d{1,5}|scaled)(?=\.\w{2,5}$)|(?<=/)size/w\d{1,5}(?:h\d{1,5})?/", re.IGNORECASE
)
MAX_PROXIES = 2  # one behind another
_SCHEME = re.compile(r"^(?:https?:)?//", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]{1,20}:", re.IGNORECASE)
_ALIASES = re.compile(r"^(?:@site|@|~|\$lib|%PUBLIC_URL%)/")
_PELICAN = re.compile(r"^(?:\{(?:static|attach|filename|photo)\}|\|(?:static|attach|filename)\|)")


class AddressResolver:
    """A resolver of addresses against the files of one archive.

    Attributes:
        requested_files: the names of the files that the documents refer to, whether they exist or not.
        accounted: the addresses that an element shows.
    """

    def __init__(
        self,
        paths: Iterable[str],
        read: Callable[[str], bytes] | None = None,
        documents: Iterable[str] = (),
    ) -> None:
        """Index the paths of an archive.

        Args:
            paths: the paths of its files.
            read: returns the bytes of a file.
            documents: the paths of its issues; a file that only one of them shows is no picture of another.
        """
        self._read = read
        self.sizes, self.sheets = PictureSizes(read), StyleSheets(read)
        self._ownership = Ownership(documents, read)
        self._paths = {_nfc(path): path for path in paths}
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
        self.requested_files: set[str] = set()
        self.accounted = AccountedAddresses()

    def of_document(self, parts: Mapping[str, Read]) -> AddressResolver:
        """Return a resolver for one document with its own `requested_files` and `accounted`.

        `parts` are the pictures that the document carries itself, by their addresses in it.
        """
        resolver = copy.copy(self)
        resolver._carried, resolver.requested_files, resolver.accounted = parts, set(), AccountedAddresses()
        return resolver

    def carried(self, reference: str) -> Read | None:
        """Return the reader of the picture that the document itself carries under this address; None without one."""
        read_picture = self._carried.get(reference.strip())
        if read_picture:
            self.accounted.add(reference)
        return read_picture

    def at_page_address(self, address: str | None, base: str | None = None) -> AddressResolver:
        """Return a resolver that knows the address of the page, so files of its site are found in the archive.

        `base` is the address in the `<base>` element of the page, if it has one.
        """
        base_address = base if base and is_remote(base) else ""
        home = address if address and is_remote(address) else base_address
        if not home:
            return self
        resolver = copy.copy(self)
        resolver._home, resolver._page, resolver._base = host_of(home), base_address or home, base_address
        return resolver

    def resolve(self, reference: str, document: str) -> tuple[str, bool]:
        """Return the archive path or URL of an address in `document`, and whether it is a file of the archive.

        If no file matches, the path is the one that the site would use.
        """
        target, is_there = self._resolve(reference, document)
        self.accounted.add(reference)
        self.accounted.add(target)
        return target, is_there

    def content(self, reference: str, document: str) -> bytes | None:
        """Return the bytes of the file at an address in `document`; None if neither it nor the archive has the file."""
        read_carried = self.carried(reference)
        target, is_there = (reference, False) if read_carried else self.resolve(reference, document)
        try:
            return (
                read_carried() if read_carried else (self._read(target) if self._read and is_there else None)
            )
        except ArchiveError:
            return None

    def sheet(self, reference: str, document: str) -> tuple[StyleRule, ...]:
        """Return the rules of the style sheet at an address in `document`; none if the archive lacks it."""
        target, is_there = self._resolve(reference, document)
        return self.sheets.rules_of(target) if is_there else ()

    def _resolve(self, reference: str, document: str, depth: int = MAX_PROXIES) -> tuple[str, bool]:
        copied = self._find_in_web_copy(reference, document)
        if copied:
            return copied, True
        target, is_there = self._resolve_on_site(reference, document)
        if is_there or depth == 0:
            return target, is_there
        # An address of a proxy means the picture that it fetches, if that is a file of the archive.
        fetched = (self._resolve(address, document, depth - 1) for address in fetched_addresses(reference))
        return next((resolved for resolved in fetched if resolved[1]), (target, False))

    def _resolve_on_site(self, reference: str, document: str) -> tuple[str, bool]:
        if is_remote(reference):
            address = "https:" + reference if reference.startswith("//") else reference
            file = self._find_file(urlsplit(address).path, document) if self._is_home(address) else None
            return (file, True) if file else (address, False)
        file = self._find_file(reference, document)
        if file:
            return file, True
        based = absolute(reference, self._base) if self._base else ""
        return based or _expected_path(_clean(reference), document), False

    def _find_in_web_copy(self, reference: str, document: str) -> str | None:
        """Return the file `host/path` in which a crawler stored the content of an address of any host."""
        if not self._page and not is_remote(reference):
            return None
        paths = [_nfc(path) for path in paths_of_copies(reference, self._page or "https:")]
        self.requested_files.update(map(name_of, paths[:1]))
        for path in paths:
            for folder in ancestors(posixpath.dirname(document)):
                file = self._paths.get(_join(folder, path))
                if file:
                    return file
        return None

    def _is_home(self, address: str) -> bool:
        return bool(self._home) and host_of(address) == self._home

    def _find_file(self, reference: str, document: str) -> str | None:
        is_wiki_link = reference.endswith(WIKI_LINK)
        reference = reference.removesuffix(WIKI_LINK)
        path = _clean(reference)
        self.requested_files.update(name_of(spelling) for spelling in (path, reference.strip()))
        # The name of a file may contain the characters that are escapes in addresses.
        return (
            self._find_candidate(list(dict.fromkeys((path, reference.strip()))), document, is_wiki_link)
            or self._find_by_stem(path, document)
            or self._find_original(path, document)
            or self._find_by_path_ending(_without_leading_dots(path), document, is_wiki_link)
        )

    def _find_candidate(self, spellings: list[str], document: str, is_wiki_link: bool) -> str | None:
        for files_by_path in (self._paths, self._folded):
            for spelling in spellings:
                relative = _without_leading_dots(spelling)
                for candidate, is_sure in self._candidates(spelling, relative, document):
                    file = files_by_path.get(candidate if files_by_path is self._paths else candidate.lower())
                    if file and (
                        is_sure or not self._belongs_to_another(file, document, relative, is_wiki_link)
                    ):
                        return file
        return None

    def _belongs_to_another(self, file: str, document: str, relative: str, is_wiki_link: bool) -> bool:
        return self._ownership.belongs_to_another(file, document, relative, in_vault=is_wiki_link)

    def _candidates(self, path: str, relative: str, document: str) -> Iterator[tuple[str, bool]]:
        """Yield the possible paths, nearest first, and whether the address itself states the path."""
        folder = posixpath.dirname(document)
        if path.startswith("/"):
            yield relative, True
        else:
            yield _join(folder, path), True
            # A post `a/b.md` is served as `a/b/`, so its relative addresses may be one level deeper.
            yield _join(posixpath.splitext(document)[0], path), True
        below = [*ancestors(folder), *self._roots]
        yield from ((_join(root, relative), False) for root in below)
        if path.startswith("/"):
            yield from self._without_prefix(relative, below)

    def _find_by_stem(self, path: str, document: str) -> str | None:
        """Return the picture for an address without a suffix: `harbour` or `harbour.*`."""
        stem = path.removesuffix(".*")
        if not stem or stem.endswith(("/", ".")) or _A_SUFFIX.search(stem):
            return None
        places = [_join(posixpath.dirname(document), stem), _join(posixpath.splitext(document)[0], stem)]
        if stem.startswith("/"):
            places = [stem.lstrip("/"), *(_join(root, stem.lstrip("/")) for root in self._roots)]
        self.requested_files.update(f"{name_of(stem)}.{suffix}" for suffix in PICTURE_SUFFIXES)
        candidates = (f"{place}.{suffix}" for place in places for suffix in PICTURE_SUFFIXES)
        return next((self._paths[candidate] for candidate in candidates if candidate in self._paths), None)

    def _find_original(self, path: str, document: str) -> str | None:
        """Return the original of a resized picture: `a-300x200.jpg` of WordPress, `size/w600/a.jpg` of Ghost."""
        original = _RESIZED.sub("", path)
        if original == path:
            return None
        self.requested_files.add(name_of(original))
        return self._find_candidate([original], document, is_wiki_link=False)

    def _without_prefix(self, relative: str, below: list[str]) -> Iterator[tuple[str, bool]]:
        """Yield the possible paths for a site that is served below a prefix: `/blog/img/a.png` is `img/a.png` here.

        The name of a folder of the archive is no such prefix.
        """
        parts = relative.split("/")
        if parts[0].lower() in self._folders:
            return
        for first in range(1, min(len(parts) - 1, MAX_PREFIX_PARTS)):
            unprefixed = "/".join(parts[first:])
            yield from ((_join(root, unprefixed), False) for root in below)

    def _find_by_path_ending(self, relative: str, document: str, is_wiki_link: bool) -> str | None:
        """Return the only file whose path ends with the address: a folder of attachments, figures of all chapters.

        A bare name is searched only in folders that all documents share, except for a wiki link.
        """
        tail = "/" + relative.lower()
        named = [
            file for file in self._by_name.get(name_of(relative), []) if ("/" + file.lower()).endswith(tail)
        ]
        if "/" not in relative and not is_wiki_link:
            named = [file for file in named if is_in_shared_folder(file)]
        candidates = [
            file
            for file in named
            if not self._belongs_to_another(self._paths[file], document, relative, is_wiki_link)
        ]
        if len(candidates) > 1:
            own = posixpath.dirname(document) + "/"
            candidates = [file for file in candidates if file.startswith(own)]
        return self._paths[candidates[0]] if len(candidates) == 1 else None


def name_of(path: str) -> str:
    """Return the name of a file in lower case, without its folder."""
    return posixpath.basename(path).lower()


def is_remote(reference: str) -> bool:
    return bool(_SCHEME.match(reference))


def is_picture_address(reference: str) -> bool:
    """Return whether an address ends with the suffix of a picture."""
    path = re.split(r"[?#]", reference, maxsplit=1)[0] if is_remote(reference) else _clean(reference)
    return bool(PICTURE_PATH.search(path))


def is_picture_file(path: str) -> bool:
    """Return whether the path of a file, which has no escapes, ends with the suffix of a picture."""
    return posixpath.splitext(path)[1].lower()[1:] in PICTURE_SUFFIXES


def is_foreign_scheme(reference: str) -> bool:
    """Return whether an address has a scheme other than http and https: `mailto:`, `blob:`, `file:`."""
    return bool(_OTHER_SCHEME.match(reference)) and not is_remote(reference)


def _clean(reference: str) -> str:
    """Return a path without query and fragment, URL-decoded, with forward slashes and resolved aliases of roots."""
    path = reference.strip().replace("\\", "/")
    if "{{" not in path:
        path = re.split(r"[?#]", path, maxsplit=1)[0]
    path = _nfc(unquote(path).replace("\x00", ""))
    return _ALIASES.sub("/", _PELICAN.sub("", path))


def _nfc(path: str) -> str:
    """Normalize accents (NFC): file systems of the Mac write them as two characters, web pages as one."""
    return unicodedata.normalize("NFC", path)


def host_of(address: str) -> str:
    """Return the host of a remote address without its www; empty if it has none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:  # brackets that are no IPv6 address
        return ""


def _join(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path.lstrip("/") if not folder else path)).lstrip("/")


def _expected_path(path: str, document: str) -> str:
    """Return the path where the file should be: below the root of the site or beside the document, never above."""
    joined = path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(document), path)
    return posixpath.normpath("/" + joined).lstrip("/")


def _without_leading_dots(path: str) -> str:
    """Return a path without its leading slashes and dots."""
    return re.sub(r"^(?:\.{0,2}/)+", "", path)


Size = tuple[int, int]
# WordPress and others put the size into the name of a file: `mill-1024x683.jpg`.
_SIZE_IN_NAME = re.compile(r"[-_](\d{2,5})x(\d{2,5})\.\w{3,5}(?:[?#]|$)")


class PictureSizes:
    """The sizes of the files of an archive, each opened at most once and on demand."""

    def __init__(self, read: Callable[[str], bytes] | None = None) -> None:
        self._read = read
        self._cache: dict[str, Size | None] = {}

    def of(self, address: str, candidates: Iterable[str], data: Read | None) -> Size | None:
        """Return width and height of the picture at an address in pixels; None if they are unknown."""
        if data is not None:
            return _measure(data)
        sizes = [size for path in candidates if (size := self._of_file(path))]
        return max(sizes, default=None, key=lambda size: size[0] * size[1]) or _size_in_name(address)

    def _of_file(self, path: str) -> Size | None:
        if path not in self._cache:
            read = self._read
            self._cache[path] = _measure(lambda: read(path)) if read is not None else None
        return self._cache[path]


def _measure(read: Read) -> Size | None:
    from images.size import picture_size  # imports Pillow, which few commands need

    try:
        return picture_size(read())
    except ArchiveError:
        return None


def _size_in_name(address: str) -> Size | None:
    match = _SIZE_IN_NAME.search(address)
    return (int(match[1]), int(match[2])) if match else None
