"""The styles of pictures and drawings from the style sheets of a page: sizes, lines and colours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from explorer.archive.convert.decoding import decode
from explorer.errors import ArchiveError

MAX_CSS_CHARS = 4_000_000
MAX_RULES = 20_000
MAX_SHEETS = 64
# Selectors that are applied to a page; fewer to a long page, which takes 3 ms per selector and megabyte.
MAX_SELECTORS = 500
MIN_SELECTORS = 20
MAX_SEARCHED_BYTES = 300_000_000
MAX_DRAWING_ELEMENTS = 20_000  # elements in the drawings of a page
MAX_MATCHES = 50_000

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
# The start of a block, the end of a block, or a statement without a block. Strings are skipped.
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
    """A selector and its declarations; `subject` are the names in its last part, None if it matches any element."""

    selector: str
    declarations: dict[str, str]
    subject: frozenset[str] | None


@dataclass(eq=False)
class StyleSheets:
    """The style sheets among the files of an archive, each read once."""

    read: Callable[[str], bytes] | None = None
    _cache: dict[str, tuple[StyleRule, ...]] = field(init=False, default_factory=dict)

    def rules_of(self, path: str) -> tuple[StyleRule, ...]:
        """Return the rules of the sheet at a path; none if it cannot be read."""
        if path not in self._cache and self.read is not None and len(self._cache) < MAX_SHEETS:
            try:
                css = decode(self.read(path)[:MAX_CSS_CHARS])
            except ArchiveError:
                css = ""
            self._cache[path] = tuple(islice(rules_in(css), MAX_RULES))
        return self._cache.get(path, ())


SHEETS = "link[rel][href], style"
"""The selector of the elements that may be style sheets."""


@dataclass(eq=False)
class PictureStyles:
    """The styles of the pictures of a page, and of the elements of its drawings, from its style sheets."""

    page: LexborHTMLParser
    sheets: list[LexborNode]
    """The elements of the page that SHEETS selects."""
    linked: Callable[[str], tuple[StyleRule, ...]] = lambda _: ()
    """Returns the rules of a linked sheet by its address."""

    def of(self, node: LexborNode) -> dict[str, str]:
        """Return the declarations of the sheets for a picture or an element of a drawing."""
        return self._styles.get(node.mem_id, {})

    def where(
        self, is_relevant: Callable[[dict[str, str]], bool]
    ) -> dict[int, tuple[LexborNode, dict[str, str]]]:
        """Return the elements that relevant rules match, by memory id, with the declarations of these rules."""
        matches: list[tuple[tuple[int, int, int], LexborNode, dict[str, str]]] = []
        rules = (rule for rule in self._rules if is_relevant(rule.declarations))
        for rule in islice(rules, self._max_selectors):
            for node in _matches(self.page, rule.selector)[: MAX_MATCHES - len(matches)]:
                matches.append((_specificity(rule.selector), node, rule.declarations))
        elements: dict[int, tuple[LexborNode, dict[str, str]]] = {}
        for _, node, declarations in sorted(matches, key=lambda match: match[0]):
            elements.setdefault(node.mem_id, (node, {}))[1].update(declarations)
        return elements

    @property
    def _max_selectors(self) -> int:
        """The number of selectors that are applied to this page."""
        return max(MIN_SELECTORS, min(MAX_SELECTORS, MAX_SEARCHED_BYTES // max(1, len(self.page.raw_html))))

    @cached_property
    def variables(self) -> dict[str, str]:
        """The custom properties of the page; the first value of each, because later ones are for dark mode."""
        variables: dict[str, str] = {}
        for rule in self._rules:
            for name, value in rule.declarations.items():
                if name.startswith("--"):
                    variables.setdefault(name, value)
        return variables

    @cached_property
    def _rules(self) -> list[StyleRule]:
        rules: list[StyleRule] = []
        for sheet in self.sheets[:MAX_SHEETS]:
            if sheet.tag == "style":
                rules += islice(rules_in(sheet.text()[:MAX_CSS_CHARS]), MAX_RULES)
            elif "stylesheet" in (sheet.attributes.get("rel") or "").lower().split():
                rules += self.linked(sheet.attributes.get("href") or "")
        return rules[:MAX_RULES]

    @cached_property
    def _styles(self) -> dict[int, dict[str, str]]:
        in_drawings = islice(
            (node for svg in self.page.css("svg") for node in svg.traverse()), MAX_DRAWING_ELEMENTS
        )
        wanted = {node.mem_id: node for node in [*self.page.css("img, amp-img, object, embed"), *in_drawings]}
        names = {name for node in wanted.values() for name in _names_of(node)}
        matches: list[tuple[tuple[int, int, int], int, dict[str, str]]] = []
        # Most rules are irrelevant to pictures, and are not applied.
        relevant_rules = (
            rule
            for rule in self._rules
            if rule.declarations and (rule.subject is None or rule.subject <= names)
        )
        for rule in islice(relevant_rules, self._max_selectors):
            for node in _matches(self.page, rule.selector):
                if node.mem_id in wanted and len(matches) < MAX_MATCHES:
                    matches.append((_specificity(rule.selector), node.mem_id, rule.declarations))
        styles: dict[int, dict[str, str]] = {}
        for _, node_id, declarations in sorted(matches, key=lambda match: match[0]):
            styles.setdefault(node_id, {}).update(declarations)
        return styles


def rules_in(css: str) -> Iterator[StyleRule]:
    """Yield the rules of a style sheet for screens in light mode, one for each selector."""
    css = _COMMENT.sub(" ", css)
    open_blocks: list[bool] = []  # for each open block, whether its content counts
    selector: str | None = None
    body: list[str] = []
    for block in _BLOCK.finditer(css):
        before, mark = block["before"], block["mark"]
        if selector is not None and mark == "{":  # a nested rule: its content is ignored
            yield from _split_rule(selector, "".join(body))
            selector, body = None, []
            open_blocks += [False, False]
        elif selector is not None:
            body.append(before + ";")
            if mark == "}":
                yield from _split_rule(selector, "".join(body))
                selector, body = None, []
        elif mark == "{":
            head = before.strip()
            if head.startswith("@"):
                open_blocks.append(
                    not _OTHER_MEDIA.search(head) and head[:6].lower() in {"@media", "@suppo", "@layer"}
                )
            elif all(open_blocks):
                selector = head
            else:
                open_blocks.append(False)
        elif mark == "}" and open_blocks:
            open_blocks.pop()


def declarations_in(body: str) -> dict[str, str]:
    """Return the declarations of a rule or of a `style` attribute, by name in lower case."""
    return {
        declaration["name"].lower(): declaration["value"].replace("!important", "").strip()
        for declaration in _DECLARATION.finditer(body[:MAX_CSS_CHARS])
    }


def _split_rule(selectors: str, body: str) -> Iterator[StyleRule]:
    declarations = declarations_in(body)
    for selector in _BRACKETS.sub(lambda part: part[0].replace(",", "\x00"), selectors).split(","):
        single = selector.replace("\x00", ",").strip()[:500]
        yield StyleRule(single, declarations, _subject(single))


def _names_of(node: LexborNode) -> Iterator[str]:
    """Yield the names with which a selector may match an element: its tag, `.class` and `#id`."""
    attributes = node.attributes
    yield (node.tag or "").lower()
    yield f"#{(attributes.get('id') or '').lower()}"
    for name in (attributes.get("class") or "")[:2000].lower().split():
        yield f".{name}"


def _subject(selector: str) -> frozenset[str] | None:
    """Return the names in the last part of a selector: a cheap test that excludes most rules."""
    last_part = _SUBJECT.search(_BRACKETS.sub("", selector).strip())
    parts = _PART.finditer(last_part[0] if last_part else "")
    return frozenset(f"{part['kind']}{part['name']}".lower() for part in parts) or None


def _matches(page: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return page.css(selector)
    except SelectolaxError:  # a selector that this parser does not support
        return []


def _specificity(selector: str) -> tuple[int, int, int]:
    without_brackets = _BRACKETS.sub(" ", selector)
    parts = [part["kind"] for part in _PART.finditer(without_brackets)]
    others = len(_BRACKETS.findall(selector))
    return parts.count("#"), parts.count(".") + others, parts.count("")
