"""The safety net: all addresses in the source of a document that look like addresses of pictures.

The search knows no format. It looks for the suffixes of pictures anywhere in the text: in attributes, styles,
shortcodes, data blocks and code. An address is accounted for if an element of the document shows it, excludes it or
names it as a larger version. All others are mentioned, not read, and go into the ledger with their lines.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from explorer.archive.links.image_proxies import is_data
from explorer.archive.model import Mention
from images import PICTURE_SUFFIXES
from images.suffixes import FOREIGN_SUFFIXES

MAX_ADDRESS_CHARS = 2000
# Of one document. Nobody writes an issue with more.
MAX_MENTIONS = 5000
MAX_QUOTED_CHARS = 255
MAX_ENDINGS = 12
MAX_NAME_CHARS = 255  # of a file; longer names are not searched for a size
_SUFFIX = rf"\.(?:{'|'.join((*PICTURE_SUFFIXES, *FOREIGN_SUFFIXES))})"
# Where an address may end: `d3.svg.line` names no picture, nor does `a.gifted`.
_SUFFIX_END = re.compile(rf"{_SUFFIX}(?![\w(=\[-]|\.\w|&&)", re.IGNORECASE | re.ASCII)
_PATH_SUFFIX = re.compile(rf"{_SUFFIX}(?:$|[?#&/:!|@])", re.IGNORECASE)
_BREAK_CHARS = r"\s\"'<>`()\[\]{}|,\x00"
_UNBROKEN = re.compile(rf"[^{_BREAK_CHARS}]{{0,{MAX_ADDRESS_CHARS}}}")
# Escape sequences of JSON and scripts.
# Backslashes before a quotation mark that ended the search, but not those of an escaped letter.
_LEADING_BACKSLASHES = re.compile(r"^\\+(?!u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})")
_ESCAPES = re.compile(
    r"\\++(?:u(?P<wide>[0-9a-fA-F]{4})|x(?P<narrow>[0-9a-fA-F]{2})|/|(?P<blank>[nrt](?=https?:|[./])))?"
)
_INNER_BREAK = re.compile(r"[\s\"'<>;]")
_DATA = re.compile(r"data:image/(?P<kind>[\w.+-]{1,40})[^,\"'<>\s()]{0,200},", re.IGNORECASE)
_DATA_BODY = re.compile(r"[^\"'<>\s()\\]*+")
_NOT_ALPHANUMERIC = re.compile(r"[^A-Za-z0-9]+")
# `img/my photo.png`, `photo (2).png`, but no sentence about a file.
_PATH_WITH_BLANKS = re.compile(
    r"(?:[^\s\"'<>=,:/]*+/[^\"'<>=\n,:]*+|[^\s\"'<>=,:/]++ ?\(\d{1,4}\)\.\w++)", re.IGNORECASE
)
_NAME_CHARACTER = re.compile(r"[^\W_]")
_PART_BREAK = re.compile(r"[/\s,;:=|()\[\]]")
# `a-300x200.jpg`, `a@2x.png`, `a-scaled.jpg`: other sizes of one picture.
_SIZE = re.compile(
    r"(?:[-_.@](?:\d{2,4}x\d{0,4}|\d{2,4}w|[1-4]x|scaled|thumb(?:nail)?|small|medium|large|full|original))+(?=\.\w+$)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class AccountedAddresses:
    """The addresses of a document that became a figure or a line of the ledger."""

    addresses: set[str] = field(default_factory=set)
    endings: set[str] = field(default_factory=set)
    data: set[bytes] = field(default_factory=set)

    def add(self, address: str) -> None:
        """Add an address as an element has it, or the path that it resolves to."""
        if is_data(address):
            self.data.add(_data_key(address))
            return
        key = _normalized(address)
        if key and key not in self.addresses:
            self.addresses.add(key)
            self.endings.update(_endings(key))

    def add_attributes(self, node: LexborNode) -> None:
        """Add every address in the attributes of an element."""
        for value in node.attributes.values():
            if not value:
                continue
            if len(value) <= MAX_ADDRESS_CHARS or is_data(value):
                self.add(value)
            for address, _ in addresses_in(value):
                self.add(address)

    def has(self, address: str) -> bool:
        """Return whether the address was added, perhaps in a shorter or longer form or for another size."""
        if is_data(address):
            return _data_key(address) in self.data
        key = _normalized(address)
        if (
            key in self.endings or key.partition("=")[2] in self.addresses
        ):  # `src=a.png` without quotation marks
            return True
        return any("/" in ending and ending in self.addresses for ending in _endings(key))

    def has_suffix_of(self, path: str) -> bool:
        """Return whether a path ends with one of the addresses: chapters name pictures relative to themselves."""
        return not self.addresses.isdisjoint(_endings(_normalized(path)))


def mentions_in(
    sources: Iterable[str], parts: Iterable[tuple[str, ...]], accounted: AccountedAddresses
) -> tuple[Mention, ...]:
    """Return the addresses in the sources of a document, and its embedded pictures, that are not accounted for.

    Each address is returned once, with the line of its first occurrence. If there are more than MAX_MENTIONS, the last
    mention states the number of the others.

    Args:
        sources: the texts of the document.
        parts: the names of each picture that the document carries.
        accounted: the addresses that became a figure or a line of the ledger.
    """
    mentions: dict[str, Mention] = {}
    omitted = 0
    for source in sources:
        for address, line in addresses_in(source):
            name = _ledger_address(address)
            if name in mentions or accounted.has(address):
                continue
            if len(mentions) < MAX_MENTIONS:
                mentions[name] = Mention(name, line)
            else:
                omitted += 1
    mentioned = AccountedAddresses()
    for address in mentions:
        mentioned.add(address)
    for names in parts:
        picture_name = next(filter(_PATH_SUFFIX.search, names), None) or next(
            (name for name in names if name.startswith("cid:")),
            None,  # of an email: it carries only its pictures
        )
        if picture_name and not any(accounted.has(name) or mentioned.has_suffix_of(name) for name in names):
            mentions.setdefault(picture_name, Mention(picture_name, None))
    overflow = (Mention(f"… and {omitted:,} more", None),) if omitted else ()
    return (*mentions.values(), *overflow)


def addresses_in(source: str) -> Iterator[tuple[str, int]]:
    """Yield everything that looks like the address of a picture, with its line number, in linear time."""
    line, counted_to = 1, 0
    for address, start in _merge_by_position(_addresses_with_suffix(source), _data_addresses(source)):
        line += source.count("\n", counted_to, start)
        counted_to = max(counted_to, start)
        yield address, line


def _merge_by_position(
    by_suffix: Iterator[tuple[str, int]], by_data_scheme: Iterator[tuple[str, int]]
) -> Iterator[tuple[str, int]]:
    """Merge both in the order of their positions."""
    left, right = next(by_suffix, None), next(by_data_scheme, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[1] <= right[1]):
            yield left  # type: ignore[misc]
            left = next(by_suffix, None)
        else:
            yield right
            right = next(by_data_scheme, None)


def _addresses_with_suffix(source: str) -> Iterator[tuple[str, int]]:
    """Yield addresses by their suffix, and their positions. The search goes left and right from each suffix, once."""
    position = 0
    while suffix := _SUFFIX_END.search(source, position):
        limit = max(position, suffix.start() - MAX_ADDRESS_CHARS)
        token_start = suffix.start() - _unbroken_length(source[limit : suffix.start()][::-1])
        position = suffix.end() + _unbroken_length(source[suffix.end() : suffix.end() + MAX_ADDRESS_CHARS])
        quoted_path = _quoted_path_with_blanks(source, limit, token_start, position)
        if quoted_path:
            yield quoted_path, token_start
        else:
            yield from _decoded_addresses(source[token_start:position], token_start)


def _quoted_path_with_blanks(source: str, limit: int, begin: int, end: int) -> str | None:
    """Return the text between two quotation marks if it is one path with blanks or brackets in its names."""
    mark = source[end : end + 1]
    if mark not in {'"', "'"} or source[begin - 1 : begin] in {mark, ""}:
        return None
    opening = source.rfind(mark, max(limit, begin - MAX_QUOTED_CHARS), begin)
    quoted = html.unescape(source[opening + 1 : end])
    return quoted if opening >= 0 and _PATH_WITH_BLANKS.fullmatch(quoted) else None


def _unbroken_length(text: str) -> int:
    """Return the number of characters at the start of the text that can be in an address."""
    match = _UNBROKEN.match(text)
    return match.end() if match else 0


def _decoded_addresses(token: str, start: int) -> Iterator[tuple[str, int]]:
    """Yield the addresses in a text without blanks and quotation marks, with their escapes decoded."""
    # Markup that is shown as text and markup in an attribute are escaped twice.
    decoded = html.unescape(
        html.unescape(_ESCAPES.sub(_unescape, _LEADING_BACKSLASHES.sub("", token.rstrip("\\"))))
    )
    for piece in _INNER_BREAK.split(decoded):
        address = _join_surrogates(piece).lstrip("*~!^").rstrip(".*~!^")
        suffix = _PATH_SUFFIX.search(address)
        if suffix and _NAME_CHARACTER.search(address[: suffix.start()].rpartition("/")[2]):
            yield address.removeprefix("="), start


def _unescape(escape: re.Match[str]) -> str:
    r"""Decode `\/` of JSON and `\u002F` of scripts; a backslash alone separates folders."""
    code = escape["wide"] or escape["narrow"]
    return chr(int(code, 16)) if code else " " if escape["blank"] else "/"


def _join_surrogates(text: str) -> str:
    """Join surrogate pairs, as JSON writes characters beyond U+FFFF."""
    return text.encode("utf-16", errors="surrogatepass").decode("utf-16", errors="replace")


def _data_addresses(source: str) -> Iterator[tuple[str, int]]:
    """Yield the data URIs of pictures, `data:image/png;base64,...`, and their positions."""
    position = 0
    while head := _DATA.search(source, position):
        body = _DATA_BODY.match(source, head.end())
        position = body.end() if body else head.end()
        yield source[head.start() : position], head.start()


def _ledger_address(address: str) -> str:
    """Return the address as the ledger has it: of a data URI only its type and the start of its hash."""
    if not is_data(address):
        return address
    return f"{address.partition(',')[0][:60]},#{_data_key(address).hex()[:8]}"


def _data_key(address: str) -> bytes:
    """Return a hash of a data URI that ignores how its quotation marks and signs are escaped."""
    alphanumerics = _NOT_ALPHANUMERIC.sub(
        "", unquote(html.unescape(address)) if "&" in address or "%" in address else address
    )
    return blake2b(alphanumerics.encode(errors="replace"), digest_size=12).digest()


def _normalized(address: str) -> str:
    """Normalize an address: no scheme, query or size, decoded, lower case."""
    path = unquote(address[:MAX_ADDRESS_CHARS]).strip().replace("\\", "/")
    path = path.rpartition("://")[2].lstrip("./")
    suffix = _PATH_SUFFIX.search(path)
    path = path[: suffix.end()].rstrip("?#&/:!|@") if suffix else re.split(r"[?#]", path, maxsplit=1)[0]
    folder, slash, name = path.rpartition("/")
    plain = _SIZE.sub("", name) if len(name) <= MAX_NAME_CHARS else name
    return f"{folder}{slash}{plain}".lower()


def _endings(key: str) -> Iterator[str]:
    """Yield an address and its shorter endings, down to the name of the file."""
    yield key
    breaks = [match.end() for match in _PART_BREAK.finditer(key)]
    for position in breaks[-MAX_ENDINGS:]:
        yield key[position:]
