"""What the style sheets of a page say of its pictures and drawings: their sizes, lines and colours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from explorer.archive.convert.decoding import decode
from explorer.archive.model import Read
from explorer.errors import ArchiveError

MAX_CSS_CHARS = 4_000_000
MAX_RULES = 20_000
MAX_SHEETS = 64
MAX_SELECTORS = (
    500  # that are looked for in one page; fewer in a long one, which takes 3 ms for each in a megabyte
)
MIN_SELECTORS = 20
MAX_SEARCHED_BYTES = 300_000_000
MAX_DRAWN = 20_000  # elements of its drawings
MAX_MATCHES = 50_000

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
# A block, the end of one that holds others, or a line that holds none. Strings are read over.
_STRING = r"\"(?:[^\"\\\n]|\\.)*+\"?|'(?:[^'\\\n]|\\.)*+'?"
_BLOCK = re.compile(rf"(?P<before>(?:[^{{}};\"']|{_STRING})*+)(?P<mark>[{{}};]|\Z)", re.DOTALL)
_DECLARATION = re.compile(
    rf"(?:^|;)\s*(?P<name>-{{0,2}}[a-zA-Z][\w-]{{0,60}})\s*:(?P<value>(?:[^;\"']|{_STRING})*+)"
)
_SUBJECT = re.compile(r"[^\s>+~]*$")
_PART = re.compile(r"(?P<kind>[.#]?)(?P<name>-?[a-zA-Z_][\w-]*)")
_BRACKETS = re.compile(r"\[[^\]]*\]?|::?[\w-]+(?:\([^()]*\)?)?")
_OTHER_MEDIA = re.compile(
    r"\bprint\b|prefers-color-scheme\s*:\s*dark|max-width|max-device-width|\bspeech\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class StyleRule:
    """One selector and what it declares; `subject` are the names of its last part, None where that means any element."""

    selector: str
    declarations: dict[str, str]
    subject: frozenset[str] | None


class StyleSheets:
    """The style sheets among the files of an archive, each read once."""

    def __init__(self, read: Callable[[str], bytes] | None = None) -> None:
        self._read = read
        self._known: dict[str, tuple[StyleRule, ...]] = {}

    def rules_of(self, path: str) -> tuple[StyleRule, ...]:
        """The rules of the sheet at a path; none of one that cannot be read."""
        if path not in self._known and self._read is not None and len(self._known) < MAX_SHEETS:
            try:
                css = decode(self._read(path)[:MAX_CSS_CHARS])
            except ArchiveError:
                css = ""
            self._known[path] = tuple(islice(rules_in(css), MAX_RULES))
        return self._known.get(path, ())


class PictureStyles:
    """The styles that a page's sheets give to its pictures and to all that is in its drawings."""

    def __init__(
        self, page: LexborHTMLParser, linked: Callable[[str], tuple[StyleRule, ...]] = lambda _: ()
    ) -> None:
        self._page = page
        self._linked = linked

    def of(self, node: LexborNode) -> dict[str, str]:
        """What the sheets declare for a picture, or for an element of a drawing."""
        return self._styles.get(node.mem_id, {})

    def where(self, says: Callable[[dict[str, str]], bool]) -> dict[int, tuple[LexborNode, dict[str, str]]]:
        """The elements of the page for which a rule says something that counts, and all that such rules declare for each."""
        matches: list[tuple[tuple[int, int, int], LexborNode, dict[str, str]]] = []
        rules = (rule for rule in self._rules if says(rule.declarations))
        for rule in islice(rules, self._affordable):
            for node in _matched(self._page, rule.selector)[: MAX_MATCHES - len(matches)]:
                matches.append((_specificity(rule.selector), node, rule.declarations))
        found: dict[int, tuple[LexborNode, dict[str, str]]] = {}
        for _, node, declarations in sorted(matches, key=lambda match: match[0]):
            found.setdefault(node.mem_id, (node, {}))[1].update(declarations)
        return found

    @property
    def _affordable(self) -> int:
        """How many selectors are looked for in this page."""
        return max(MIN_SELECTORS, min(MAX_SELECTORS, MAX_SEARCHED_BYTES // max(1, len(self._page.raw_html))))

    @cached_property
    def variables(self) -> dict[str, str]:
        """The custom properties of the page; of several, the first: the others are for dark pages."""
        found: dict[str, str] = {}
        for rule in self._rules:
            for name, value in rule.declarations.items():
                if name.startswith("--"):
                    found.setdefault(name, value)
        return found

    @cached_property
    def _rules(self) -> list[StyleRule]:
        rules: list[StyleRule] = []
        for sheet in self._page.css("link[rel][href], style")[:MAX_SHEETS]:
            if sheet.tag == "style":
                rules += islice(rules_in(sheet.text()[:MAX_CSS_CHARS]), MAX_RULES)
            elif "stylesheet" in (sheet.attributes.get("rel") or "").lower().split():
                rules += self._linked(sheet.attributes.get("href") or "")
        return rules[:MAX_RULES]

    @cached_property
    def _styles(self) -> dict[int, dict[str, str]]:
        drawn = islice((node for svg in self._page.css("svg") for node in svg.traverse()), MAX_DRAWN)
        wanted = {node.mem_id: node for node in [*self._page.css("img, amp-img, object, embed"), *drawn]}
        names = {name for node in wanted.values() for name in _names_of(node)}
        matches: list[tuple[tuple[int, int, int], int, dict[str, str]]] = []
        # Most sheets say nothing of a picture, and are not looked for in the page.
        likely = (
            rule
            for rule in self._rules
            if rule.declarations and (rule.subject is None or rule.subject <= names)
        )
        for rule in islice(likely, self._affordable):
            for node in _matched(self._page, rule.selector):
                if node.mem_id in wanted and len(matches) < MAX_MATCHES:
                    matches.append((_specificity(rule.selector), node.mem_id, rule.declarations))
        styles: dict[int, dict[str, str]] = {}
        for _, node_id, declarations in sorted(matches, key=lambda match: match[0]):
            styles.setdefault(node_id, {}).update(declarations)
        return styles


def rules_in(css: str) -> Iterator[StyleRule]:
    """The rules of a style sheet for screens with light grounds, each selector by itself."""
    css = _COMMENT.sub(" ", css)
    around: list[bool] = []  # of each open block: whether what it holds counts
    selector: str | None = None
    body: list[str] = []
    for block in _BLOCK.finditer(css):
        before, mark = block["before"], block["mark"]
        if selector is not None and mark == "{":  # a rule within a rule: what it holds is passed over
            yield from _rules(selector, "".join(body))
            selector, body = None, []
            around += [False, False]
        elif selector is not None:
            body.append(before + ";")
            if mark == "}":
                yield from _rules(selector, "".join(body))
                selector, body = None, []
        elif mark == "{":
            head = before.strip()
            if head.startswith("@"):
                around.append(
                    not _OTHER_MEDIA.search(head) and head[:6].lower() in {"@media", "@suppo", "@layer"}
                )
            elif all(around):
                selector = head
            else:
                around.append(False)
        elif mark == "}" and around:
            around.pop()


def declared_in(body: str) -> dict[str, str]:
    """The declarations of a rule, or of a `style` attribute, by their names in small letters."""
    return {
        declared["name"].lower(): declared["value"].replace("!important", "").strip()
        for declared in _DECLARATION.finditer(body[:MAX_CSS_CHARS])
    }


def _rules(selectors: str, body: str) -> Iterator[StyleRule]:
    declarations = declared_in(body)
    for selector in _BRACKETS.sub(lambda part: part[0].replace(",", "\x00"), selectors).split(","):
        one = selector.replace("\x00", ",").strip()[:500]
        yield StyleRule(one, declarations, _subject(one))


def _names_of(node: LexborNode) -> Iterator[str]:
    """The names by which a selector may mean an element: its tag, `.class` and `#id`."""
    attributes = node.attributes
    yield (node.tag or "").lower()
    yield f"#{(attributes.get('id') or '').lower()}"
    for name in (attributes.get("class") or "")[:2000].lower().split():
        yield f".{name}"


def _subject(selector: str) -> frozenset[str] | None:
    """The names of the last part of a selector: cheap to compare, and strange to most pictures."""
    last = _SUBJECT.search(_BRACKETS.sub("", selector).strip())
    parts = _PART.finditer(last[0] if last else "")
    return frozenset(f"{part['kind']}{part['name']}".lower() for part in parts) or None


def _matched(page: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return page.css(selector)
    except SelectolaxError:  # one of those that browsers know and this parser does not
        return []


def _specificity(selector: str) -> tuple[int, int, int]:
    bare = _BRACKETS.sub(" ", selector)
    parts = [part["kind"] for part in _PART.finditer(bare)]
    others = len(_BRACKETS.findall(selector))
    return parts.count("#"), parts.count(".") + others, parts.count("")


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
