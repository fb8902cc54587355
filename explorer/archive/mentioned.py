"""The safety net: every address in the source of a document that looks like a picture's, and what came of each.

Nothing here knows a format. The text is searched for what ends as pictures end, wherever that stands: an attribute, a
style, a shortcode, a data block, code. What an element of the document showed, left out or named as a larger version is
accounted for; the rest is mentioned, not read, and goes into the ledger with its line.
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
# Of one document; one that names more is no issue that anybody wrote.
MAX_MENTIONS = 5000
MAX_SPACED_CHARS = 255
MAX_TAILS = 12
MAX_NAME_CHARS = 255  # of a file; in a longer one no size is looked for
_SUFFIX = rf"\.(?:{'|'.join((*PICTURE_SUFFIXES, *FOREIGN_SUFFIXES))})"
# Where an address may end: `d3.svg.line` names no picture, nor does `a.gifted`.
_ENDS = re.compile(rf"{_SUFFIX}(?![\w(=\[-]|\.\w|&&)", re.IGNORECASE | re.ASCII)
_ENDS_PATH = re.compile(rf"{_SUFFIX}(?:$|[?#&/:!|@])", re.IGNORECASE)
_BREAK = r"\s\"'<>`()\[\]{}|,\x00"
_UNBROKEN = re.compile(rf"[^{_BREAK}]{{0,{MAX_ADDRESS_CHARS}}}")
# What JSON and scripts write for a character.
_ESCAPES = re.compile(
    r"\\++(?:u(?P<wide>[0-9a-fA-F]{4})|x(?P<narrow>[0-9a-fA-F]{2})|/|(?P<blank>[nrt](?=https?:|[./])))?"
)
_INNER_BREAK = re.compile(r"[\s\"'<>;]")
_DATA = re.compile(r"data:image/(?P<kind>[\w.+-]{1,40})[^,\"'<>\s()]{0,200},", re.IGNORECASE)
_DATA_BODY = re.compile(r"[^\"'<>\s()\\]*+")
_UNCOUNTED = re.compile(r"[^A-Za-z0-9]+")
# `img/my photo.png`, `photo (2).png`, and no words about a file.
_SPACED = re.compile(
    r"(?:[^\s\"'<>=,:/]*+/[^\"'<>=\n,:]*+|[^\s\"'<>=,:/]++ ?\(\d{1,4}\)\.\w++)", re.IGNORECASE
)
_NAME = re.compile(r"[^\W_]")
_KEY_BREAK = re.compile(r"[/\s,;:=|()\[\]]")
# `a-300x200.jpg`, `a@2x.png`, `a-scaled.jpg`: other sizes of one picture.
_SIZE = re.compile(
    r"(?:[-_.@](?:\d{2,4}x\d{0,4}|\d{2,4}w|[1-4]x|scaled|thumb(?:nail)?|small|medium|large|full|original))+(?=\.\w+$)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Accounted:
    """The addresses of a document of which something became: a figure, or a line of the ledger."""

    wholes: set[str] = field(default_factory=set)
    tails: set[str] = field(default_factory=set)
    data: set[bytes] = field(default_factory=set)

    def add(self, written: str) -> None:
        """Takes note of an address as an element has it, or of the path that it means."""
        if is_data(written):
            self.data.add(_data_key(written))
            return
        key = _key(written)
        if key and key not in self.wholes:
            self.wholes.add(key)
            self.tails.update(_tails(key))

    def add_attributes(self, node: LexborNode) -> None:
        """Takes note of every address among the attributes of an element."""
        for value in node.attributes.values():
            if not value:
                continue
            if len(value) <= MAX_ADDRESS_CHARS or is_data(value):
                self.add(value)
            for address, _ in addresses_in(value):
                self.add(address)

    def has(self, written: str) -> bool:
        """Whether this is one of them, perhaps written shorter, longer or for another size."""
        if is_data(written):
            return _data_key(written) in self.data
        key = _key(written)
        if key in self.tails or key.partition("=")[2] in self.wholes:  # `src=a.png` without quotation marks
            return True
        return any("/" in tail and tail in self.wholes for tail in _tails(key))

    def ends(self, path: str) -> bool:
        """Whether a path ends as one of them does: chapters name their pictures from where they stand."""
        return not self.wholes.isdisjoint(_tails(_key(path)))


def mentions_in(
    sources: Iterable[str], parts: Iterable[tuple[str, ...]], accounted: Accounted
) -> tuple[Mention, ...]:
    """The addresses in the sources of a document, and the pictures that it carries, of which nothing became.

    Each of `parts` has the names of one picture. Each address is told once, with the line where it first stands; the
    last one says how many more there are, where they are too many.
    """
    found: dict[str, Mention] = {}
    more = 0
    for source in sources:
        for address, line in addresses_in(source):
            name = _told(address)
            if name in found or accounted.has(address):
                continue
            if len(found) < MAX_MENTIONS:
                found[name] = Mention(name, line)
            else:
                more += 1
    named = Accounted()
    for address in found:
        named.add(address)
    for names in parts:
        picture = next(filter(_ENDS_PATH.search, names), None) or next(
            (name for name in names if name.startswith("cid:")),
            None,  # of a letter: only its pictures are carried
        )
        if picture and not any(accounted.has(it) or named.ends(it) for it in names):
            found.setdefault(picture, Mention(picture, None))
    rest = (Mention(f"… and {more:,} more", None),) if more else ()
    return (*found.values(), *rest)


def addresses_in(source: str) -> Iterator[tuple[str, int]]:
    """Everything that looks like the address of a picture, with the number of its line. In the time of the length."""
    line, counted = 1, 0
    for address, start in _merged(_named(source), _embedded(source)):
        line += source.count("\n", counted, start)
        counted = max(counted, start)
        yield address, line


def _merged(
    named: Iterator[tuple[str, int]], embedded: Iterator[tuple[str, int]]
) -> Iterator[tuple[str, int]]:
    """Both in the order in which they stand."""
    left, right = next(named, None), next(embedded, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[1] <= right[1]):
            yield left  # type: ignore[misc]
            left = next(named, None)
        else:
            yield right
            right = next(embedded, None)


def _named(source: str) -> Iterator[tuple[str, int]]:
    """Addresses by their suffix. Each part of the text is looked at once from its suffix to the left and right."""
    position = 0
    while suffix := _ENDS.search(source, position):
        start = max(position, suffix.start() - MAX_ADDRESS_CHARS)
        begin = suffix.start() - _unbroken(source[start : suffix.start()][::-1])
        position = suffix.end() + _unbroken(source[suffix.end() : suffix.end() + MAX_ADDRESS_CHARS])
        spaced = _with_blanks(source, start, begin, position)
        if spaced:
            yield spaced, begin
        else:
            yield from _spelled(source[begin:position], begin)


def _with_blanks(source: str, start: int, begin: int, end: int) -> str | None:
    """The whole between two quotation marks where it is a path with blanks or brackets in its names, and no set of several."""
    mark = source[end : end + 1]
    if mark not in {'"', "'"} or source[begin - 1 : begin] in {mark, ""}:
        return None
    opening = source.rfind(mark, max(start, begin - MAX_SPACED_CHARS), begin)
    written = html.unescape(source[opening + 1 : end])
    return written if opening >= 0 and _SPACED.fullmatch(written) else None


def _unbroken(text: str) -> int:
    """How many characters of an address the text begins with."""
    found = _UNBROKEN.match(text)
    return found.end() if found else 0


def _spelled(token: str, start: int) -> Iterator[tuple[str, int]]:
    """The addresses in a piece of text without blanks and quotation marks, as a reader would spell them."""
    # Markup that is shown as text, and markup in an attribute, is escaped twice.
    written = html.unescape(html.unescape(_ESCAPES.sub(_unescaped, token.strip("\\"))))
    for piece in _INNER_BREAK.split(written):
        address = _whole_characters(piece).lstrip("*~!^").rstrip(".*~!^")
        ends = _ENDS_PATH.search(address)
        if ends and _NAME.search(address[: ends.start()].rpartition("/")[2]):
            yield address.removeprefix("="), start


def _unescaped(escape: re.Match[str]) -> str:
    r"""`\/` in JSON, `\u002F` in scripts; a backslash alone parts folders."""
    code = escape["wide"] or escape["narrow"]
    return chr(int(code, 16)) if code else " " if escape["blank"] else "/"


def _whole_characters(text: str) -> str:
    """With the two halves of a character joined, as JSON writes those beyond the first 65,536."""
    return text.encode("utf-16", errors="surrogatepass").decode("utf-16", errors="replace")


def _embedded(source: str) -> Iterator[tuple[str, int]]:
    """Pictures that stand in the text itself, `data:image/png;base64,...`."""
    position = 0
    while head := _DATA.search(source, position):
        body = _DATA_BODY.match(source, head.end())
        position = body.end() if body else head.end()
        yield source[head.start() : position], head.start()


def _told(address: str) -> str:
    """The address for the ledger: of a picture in the text only its kind, and a mark that tells it from others."""
    if not is_data(address):
        return address
    return f"{address.partition(',')[0][:60]},#{_data_key(address).hex()[:8]}"


def _data_key(written: str) -> bytes:
    """The same for a picture in the text, whatever stands for its quotation marks and signs."""
    letters = _UNCOUNTED.sub(
        "", unquote(html.unescape(written)) if "&" in written or "%" in written else written
    )
    return blake2b(letters.encode(errors="replace"), digest_size=12).digest()


def _key(written: str) -> str:
    """An address without scheme, query and size, decoded, lower case: what two spellings of one have in common."""
    path = unquote(written[:MAX_ADDRESS_CHARS]).strip().replace("\\", "/")
    path = path.rpartition("://")[2].lstrip("./")
    ends = _ENDS_PATH.search(path)
    path = path[: ends.end()].rstrip("?#&/:!|@") if ends else re.split(r"[?#]", path, maxsplit=1)[0]
    folder, slash, name = path.rpartition("/")
    plain = _SIZE.sub("", name) if len(name) <= MAX_NAME_CHARS else name
    return f"{folder}{slash}{plain}".lower()


def _tails(key: str) -> Iterator[str]:
    """An address, and what is left of it when its first parts go, to its name."""
    yield key
    breaks = [found.end() for found in _KEY_BREAK.finditer(key)]
    for position in breaks[-MAX_TAILS:]:
        yield key[position:]
