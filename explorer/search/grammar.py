"""Parse the query line that a person types. Nothing here opens a file or a library.

    architecture diagram            words to look for
    "as written"  +word             only hits with these words; a blank may follow the sign: + word
    -word  -"two words"             only hits without these words
    ./sketch.png  id:1a2b3c4d       like this picture, like this figure or item; with - before it, unlike
    2:cat  0.5:./sketch.png         counts twice, or half
    issue:36  after:2022-01  before:2023  has:caption  no:caption  kind:item  document:path

Everything else is a word, so that no line is wrong: `C++`, `3:2`, `-5`, `e-mail`, a lone quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, Final, TypeAlias, cast
from unicodedata import category

from explorer.catalog.filters import FILTERS, NO_FILTERS, Filters
from explorer.search.arguments import checked_line
from explorer.search.query import Kind, Phrase
from images import PICTURE_SUFFIXES

_SIGNS: Final = {"+": "+", "-": "-", "−": "-"}
_QUOTES: Final = '"“”„‟«»'
_WEIGHT: Final = r"[0-9]{1,2}(?:\.[0-9]{1,2})?:"
_AFTER_QUOTE: Final = r",.;:!?)"
_BY_KEY: Final = {spec.key: spec for spec in FILTERS if spec.key}
_BOOLS: Final = re.compile(
    "|".join(name for name, spec in _BY_KEY.items() if spec.type is bool), re.IGNORECASE
)
_RESTRICTIONS: Final = {
    "kind": re.compile("figure|item|any", re.IGNORECASE),
    "has": _BOOLS,
    "no": _BOOLS,
    **{name: spec.pattern for name, spec in _BY_KEY.items() if spec.type is not bool},
}
_TEXTS: Final = frozenset(name for name, spec in _BY_KEY.items() if spec.type is str and not spec.is_date)
"""Filters whose value keeps its spelling and may be in quotation marks."""
_QUOTED = re.compile(
    rf"(?P<sign>[+−-]?)(?P<before>{_WEIGHT}|(?:{'|'.join(sorted(_TEXTS))}):)?"
    rf"[{_QUOTES}](?P<text>[^{_QUOTES}]*)[{_QUOTES}](?=[\s{_AFTER_QUOTE}]|$)[{_AFTER_QUOTE}]*",
    re.IGNORECASE,
)
_BARE = re.compile(r"\S+")
_WEIGHTED = re.compile(rf"(?P<weight>{_WEIGHT})(?P<text>[^0-9\s].*)", re.DOTALL)
_NUMBER = re.compile(r"[0-9]+(?:[.,:/][0-9]+)*(?:%|°[CF]?)?")
# A photo of a phone (HEIC) is parsed as a picture file, and refused as one when it is opened.
_PICTURE = re.compile(
    rf"(?:\.{{1,2}}/|~/|/).*\.(?:{'|'.join(PICTURE_SUFFIXES)}|hei[cf])", re.IGNORECASE | re.DOTALL
)
_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ID = re.compile(rf"(?P<full>{_UUID})|id:(?P<start>{_UUID}|[0-9a-f]{{4,8}})", re.IGNORECASE)
# A larger number before a colon is an address or a time, not a weight.
_HEAVIEST: Final = 10.0


@dataclass(frozen=True, slots=True)
class Word:
    """A word to look for."""

    text: str
    weight: float = 1.0

    def written(self) -> str:
        return _with_weight(self.text, self.weight)


@dataclass(frozen=True, slots=True)
class RequiredPhrase:
    """Words that must occur in a hit exactly as written, or must not."""

    text: str
    without: bool = False
    weight: float = 1.0

    def written(self) -> str:
        return ("-" if self.without else "+") + _with_weight(f'"{self.text}"', self.weight)


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture that hits should look like, or unlike."""

    path: str
    without: bool = False
    weight: float = 1.0

    def written(self) -> str:
        return ("-" if self.without else "+") + _with_weight(_quoted_if_spaced(self.path), self.weight)


@dataclass(frozen=True, slots=True)
class Liked:
    """A figure or item that hits should be like, or unlike, by its id or the beginning of its id."""

    id: str
    without: bool = False

    def written(self) -> str:
        return f"{'-' if self.without else '+'}id:{self.id}"


@dataclass(frozen=True, slots=True)
class Restriction:
    """One filter: `issue` and `36`."""

    name: str
    value: str

    def written(self) -> str:
        return f"+{self.name}:{_quoted_if_spaced(self.value)}"


Token: TypeAlias = Word | RequiredPhrase | PictureFile | Liked | Restriction


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed line. Of two values for one filter (`issue:3 issue:4`) the last one is used."""

    tokens: tuple[Token, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the line has only words."""
        return all(isinstance(token, Word) and token.weight == 1 for token in self.tokens)

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The words to look for, grouped by weight, in the order of the first word of each weight."""
        texts: dict[float, list[str]] = {}
        for token in self._sought():
            texts.setdefault(token.weight, []).append(token.text)
        return tuple(Phrase(" ".join(words), weight) for weight, words in texts.items())

    @property
    def words(self) -> str | None:
        """All words to look for, in their order."""
        return " ".join(token.text for token in self._sought()) or None

    @property
    def plain_words(self) -> str:
        """The words whose spelling may be corrected: those that need not occur exactly as written."""
        return " ".join(token.text for token in self.tokens if isinstance(token, Word))

    @property
    def must(self) -> tuple[str, ...]:
        """The phrases that must occur in a hit."""
        return tuple(
            token.text for token in self.tokens if isinstance(token, RequiredPhrase) and not token.without
        )

    @property
    def must_not(self) -> tuple[str, ...]:
        """The phrases that must not occur in a hit."""
        return tuple(
            token.text for token in self.tokens if isinstance(token, RequiredPhrase) and token.without
        )

    @property
    def pictures(self) -> tuple[tuple[str, float], ...]:
        """Paths and weights of the pictures. A disliked picture has a weight below 0."""
        shown = [token for token in self.tokens if isinstance(token, PictureFile)]
        return tuple((file.path, -file.weight if file.without else file.weight) for file in shown)

    @property
    def like(self) -> tuple[str, ...]:
        """Ids of liked figures and items."""
        return tuple(token.id for token in self.tokens if isinstance(token, Liked) and not token.without)

    @property
    def unlike(self) -> tuple[str, ...]:
        """Ids of disliked figures and items."""
        return tuple(token.id for token in self.tokens if isinstance(token, Liked) and token.without)

    @property
    def kind(self) -> Kind | None:
        """The kind of hits, if the line names one."""
        return cast("Kind | None", self._restrictions().get("kind"))

    @property
    def filters(self) -> Filters:
        """The filters of the line."""
        typed = self._restrictions()
        values: dict[str, Any] = {
            spec.name: typed[name] == "has" if spec.type is bool else spec.type(typed[name])
            for name, spec in _BY_KEY.items()
            if name in typed
        }
        return Filters(**values) if values else NO_FILTERS

    @property
    def line(self) -> str:
        """The query as a line again: `parse(parsed.line) == parsed`."""
        return " ".join(token.written() for token in self.tokens)

    def without_token(self, token: Token) -> Parsed:
        """Return the query without one token."""
        return replace(self, tokens=tuple(other for other in self.tokens if other is not token))

    @property
    def operators(self) -> tuple[Token, ...]:
        """All tokens but words of weight 1."""
        return tuple(token for token in self.tokens if not isinstance(token, Word) or token.weight != 1)

    def shown(self) -> str:
        """Return the query in words: `looking for "a diagram", like sketch.png, without "photo"`."""
        words = [f'looking for "{self.words}"'] if self.words else []
        return ", ".join([*words, *map(describe_token, self.operators)])

    def _sought(self) -> Iterator[Word | RequiredPhrase]:
        for token in self.tokens:
            if isinstance(token, Word) or (isinstance(token, RequiredPhrase) and not token.without):
                yield token

    def _restrictions(self) -> dict[str, str]:
        """Return the value of each filter by name. `has:caption` and `no:caption` have the value `has` or `no`."""
        return dict(
            (token.value, token.name) if token.name in {"has", "no"} else (token.name, token.value)
            for token in self.tokens
            if isinstance(token, Restriction)
        )


def parse(line: str, *, files: bool = True) -> Parsed:
    """Parse a line. Raise QueryError only for a line that is too long. Without `files`, a path is a word.

    The line of another person is parsed without files: it must not open files of this machine.
    """
    pieces = list(_pieces(checked_line(line)))
    tokens: list[Token] = []
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        token = _after_sign(pieces[at : at + 2], tokens, files=files)
        at += 2 if token else 1
        tokens.append(token or _token_of(piece, files=files) or Word(piece.written))
    return Parsed(tuple(tokens))


def line_of(arguments: Sequence[str]) -> str:
    """Join the arguments of a command into one line. A path with blanks gets quotation marks again."""
    return " ".join(
        _quoted_if_spaced(argument) if _PICTURE.fullmatch(argument) else argument for argument in arguments
    )


def describe_token(token: Token) -> str:
    """Return a token in words."""
    match token:
        case Word(text, weight):
            return f'"{text}" {_counting(weight)}'
        case RequiredPhrase(text, without, weight):
            counting = f" {_counting(weight)}" if weight != 1 else ""
            return f'without "{text}"' if without else f'only with "{text}"{counting}'
        case PictureFile(path, without, weight):
            counting = f" {_counting(weight)}" if weight != 1 else ""
            return f"{'unlike' if without else 'like'} {PurePath(path).name}{counting}"
        case Liked(id, without):
            return f"{'unlike' if without else 'like'} {id[:8]}"
        case Restriction("kind", value):
            return {"figure": "figures", "item": "items", "any": "figures and items"}[value]
        case Restriction("has" | "no", value):
            return _BY_KEY[value].words(token.name == "has")
        case Restriction(name, value):
            return _BY_KEY[name].words(value)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a line between blanks or in quotation marks. `before` is a weight or `document:`."""

    written: str
    sign: str
    before: str
    text: str
    quoted: bool


def _pieces(line: str) -> Iterator[_Piece]:
    at = 0
    while blank := re.compile(r"\s*(?=\S)").match(line, at):
        at = blank.end()
        quoted = _QUOTED.match(line, at)
        if quoted and _says_something(quoted["text"]):
            before = (quoted["before"] or "").lower()
            yield _Piece(quoted[0], _SIGNS.get(quoted["sign"], ""), before, quoted["text"], quoted=True)
            at = quoted.end()
            continue
        bare = _BARE.match(line, at)
        assert bare is not None
        at = bare.end()
        sign = _SIGNS.get(bare[0][0], "") if len(bare[0]) > 1 else ""
        signless = bare[0][1:] if sign else bare[0]
        weighted = _WEIGHTED.fullmatch(signless)
        before, text = (weighted["weight"], weighted["text"]) if weighted else ("", signless)
        yield _Piece(bare[0], sign, before, text, quoted=False)


def _after_sign(pair: Sequence[_Piece], tokens: Sequence[Token], *, files: bool) -> Token | None:
    """Return the token of a separate sign and the next piece; None if the sign is only a dash or a plus."""
    if len(pair) < 2 or pair[0].written not in _SIGNS or pair[1].sign or pair[1].written in _SIGNS:
        return None
    last = tokens[-1] if tokens else None
    if _NUMBER.fullmatch(pair[1].written) and isinstance(last, Word) and last.text[-1:].isdigit():
        return None  # 10 - 15
    return _token_of(pair[1], files=files, sign=_SIGNS[pair[0].written])


def _token_of(piece: _Piece, *, files: bool, sign: str = "") -> Token | None:
    """Return the token of a piece; None for a word without a weight."""
    has_separate_sign, sign = bool(sign), sign or piece.sign
    weight = _weight(piece.before)
    if weight is None or (sign == "-" and piece.before):
        return None
    if piece.before[:-1] in _TEXTS:
        return Restriction(piece.before[:-1], piece.text)
    text = _cleaned(piece.text) if sign and not piece.quoted else piece.text
    path = next((text for text in (piece.text, text) if _PICTURE.fullmatch(text)), None)
    if files and path:
        return PictureFile(path, sign == "-", weight)
    reference = _id_or_filter(piece.text, sign) or _id_or_filter(text, sign)
    if reference and not piece.quoted and not piece.before:
        return reference
    if sign or piece.quoted:
        return _required_phrase(piece, text, sign, weight, has_separate_sign=has_separate_sign)
    return Word(text, weight) if weight != 1 and _says_something(text) else None


def _id_or_filter(text: str, sign: str) -> Token | None:
    """Return the token of an id or a filter; None for another text."""
    if id := _ID.fullmatch(text):
        return Liked((id["full"] or id["start"]).lower(), sign == "-")
    name, _, value = text.partition(":")
    allowed = _RESTRICTIONS.get(name.lower())
    if allowed and sign != "-" and allowed.fullmatch(value):
        return Restriction(name.lower(), value if name.lower() in _TEXTS else value.lower())
    return None


def _required_phrase(
    piece: _Piece, text: str, sign: str, weight: float, *, has_separate_sign: bool
) -> RequiredPhrase | None:
    text = _cleaned(text)
    if not piece.quoted:
        if text[:1] in _SIGNS or not _says_something(text):
            return None  # --flag, +/-
        if _NUMBER.fullmatch(text) and not has_separate_sign:
            return None  # -5 degrees
    return RequiredPhrase(text, sign == "-", weight)


def _cleaned(text: str) -> str:
    """Return the words without single quotation marks and closing punctuation."""
    return " ".join(re.sub(f"[{_QUOTES}]", " ", text.rstrip(_AFTER_QUOTE + _QUOTES)).split())


def _weight(before: str) -> float | None:
    """Return the weight before a colon; None if it is not one: `0:`, `1:` and `02:` are not weights."""
    if not before or before[:-1] in _TEXTS:
        return 1.0
    weight = float(before[:-1])
    return weight if 0 < weight <= _HEAVIEST and weight != 1 and f"{weight:g}:" == before else None


def _says_something(text: str) -> bool:
    """Return whether a text has a letter, a digit or a pictograph, and not only punctuation."""
    return any(category(letter)[0] in "LN" or category(letter) == "So" for letter in text)


def _with_weight(text: str, weight: float) -> str:
    return text if weight == 1 else f"{weight:g}:{text}"


def _quoted_if_spaced(text: str) -> str:
    return f'"{text}"' if re.search(r"\s", text) else text


def _counting(weight: float) -> str:
    return f"counting {weight:g} times" if weight > 1 else f"counting {weight:g}"
