"""The query line: what a person types, as plain data. Nothing here opens a file or asks a library.

    architecture diagram            words to look for
    "as written"  +word             only where this stands; a sign may stand apart: + word
    -word  -"two words"             only where this does not stand
    ./sketch.png  id:1a2b3c4d       like this picture, like this figure or item; with - before it, unlike
    2:cat  0.5:./sketch.png         counts twice, or half, among its like
    issue:36  after:2022-01  before:2023  has:caption  no:caption  kind:item  document:path

Whatever is none of these is a word, so that no line is wrong: `C++`, `3:2`, `-5`, `e-mail`, a lone quote.
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
_BOOLS: Final = re.compile("|".join(name for name, it in _BY_KEY.items() if it.type is bool), re.IGNORECASE)
_RESTRICTIONS: Final = {
    "kind": re.compile("figure|item|any", re.IGNORECASE),
    "has": _BOOLS,
    "no": _BOOLS,
    **{name: it.pattern for name, it in _BY_KEY.items() if it.type is not bool},
}
_TEXTS: Final = frozenset(name for name, it in _BY_KEY.items() if it.type is str and not it.is_date)
"""Filters whose value is taken as it is written, and may stand in quotes."""
_QUOTED = re.compile(
    rf"(?P<sign>[+−-]?)(?P<before>{_WEIGHT}|(?:{'|'.join(sorted(_TEXTS))}):)?"
    rf"[{_QUOTES}](?P<text>[^{_QUOTES}]*)[{_QUOTES}](?=[\s{_AFTER_QUOTE}]|$)[{_AFTER_QUOTE}]*",
    re.IGNORECASE,
)
_BARE = re.compile(r"\S+")
_WEIGHED = re.compile(rf"(?P<weight>{_WEIGHT})(?P<text>[^0-9\s].*)", re.DOTALL)
_NUMBER = re.compile(r"[0-9]+(?:[.,:/][0-9]+)*(?:%|°[CF]?)?")
# A photo of a phone (HEIC) is taken for the file that it is, and refused as one.
_PICTURE = re.compile(
    rf"(?:\.{{1,2}}/|~/|/).*\.(?:{'|'.join(PICTURE_SUFFIXES)}|hei[cf])", re.IGNORECASE | re.DOTALL
)
_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ID = re.compile(rf"(?P<full>{_UUID})|id:(?P<start>{_UUID}|[0-9a-f]{{4,8}})", re.IGNORECASE)
# Beyond it a number before a colon is an address or a time, not a weight.
_HEAVIEST: Final = 10.0


@dataclass(frozen=True, slots=True)
class Word:
    """A word to look for; where it stands is left to the legs."""

    text: str
    weight: float = 1.0

    def written(self) -> str:
        return _weighed(self.text, self.weight)


@dataclass(frozen=True, slots=True)
class RequiredPhrase:
    """Words that must stand in a hit as they are, or must not."""

    text: str
    without: bool = False
    weight: float = 1.0

    def written(self) -> str:
        return ("-" if self.without else "+") + _weighed(f'"{self.text}"', self.weight)


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture that hits shall look like, or unlike."""

    path: str
    without: bool = False
    weight: float = 1.0

    def written(self) -> str:
        return ("-" if self.without else "+") + _weighed(_quoted_if_spaced(self.path), self.weight)


@dataclass(frozen=True, slots=True)
class Liked:
    """A figure or item that hits shall be like, or unlike, by its id or the beginning of it."""

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
    """What a line asks for. What is said twice (`issue:3 issue:4`) holds as it is said last."""

    tokens: tuple[Token, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the line is nothing but words."""
        return all(isinstance(token, Word) and token.weight == 1 for token in self.tokens)

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The words to look for in parts of equal weight, in the order in which the weights appear."""
        texts: dict[float, list[str]] = {}
        for token in self._sought():
            texts.setdefault(token.weight, []).append(token.text)
        return tuple(Phrase(" ".join(some), weight) for weight, some in texts.items())

    @property
    def words(self) -> str | None:
        """All the words to look for, in their order."""
        return " ".join(token.text for token in self._sought()) or None

    @property
    def plain_words(self) -> str:
        """The words that may be forgiven: those that need not stand as they are."""
        return " ".join(token.text for token in self.tokens if isinstance(token, Word))

    @property
    def must(self) -> tuple[str, ...]:
        """What must stand in a hit."""
        return tuple(it.text for it in self.tokens if isinstance(it, RequiredPhrase) and not it.without)

    @property
    def must_not(self) -> tuple[str, ...]:
        """What must not stand in a hit."""
        return tuple(it.text for it in self.tokens if isinstance(it, RequiredPhrase) and it.without)

    @property
    def pictures(self) -> tuple[tuple[str, float], ...]:
        """Paths and weights of the pictures; the weight of one that is not liked is below 0."""
        shown = [token for token in self.tokens if isinstance(token, PictureFile)]
        return tuple((it.path, -it.weight if it.without else it.weight) for it in shown)

    @property
    def like(self) -> tuple[str, ...]:
        """Ids of liked figures and items."""
        return tuple(it.id for it in self.tokens if isinstance(it, Liked) and not it.without)

    @property
    def unlike(self) -> tuple[str, ...]:
        """Ids of disliked figures and items."""
        return tuple(it.id for it in self.tokens if isinstance(it, Liked) and it.without)

    @property
    def kind(self) -> Kind | None:
        """What to find, if the line says it."""
        return cast("Kind | None", self._restrictions().get("kind"))

    @property
    def filters(self) -> Filters:
        """What a hit must be."""
        said = self._restrictions()
        values: dict[str, Any] = {
            it.name: said[name] == "has" if it.type is bool else it.type(said[name])
            for name, it in _BY_KEY.items()
            if name in said
        }
        return Filters(**values) if values else NO_FILTERS

    @property
    def line(self) -> str:
        """The same question as a line: `parse(parsed.line) == parsed`."""
        return " ".join(token.written() for token in self.tokens)

    def without_token(self, token: Token) -> Parsed:
        """The same question without one thing that it asks."""
        return replace(self, tokens=tuple(it for it in self.tokens if it is not token))

    @property
    def operators(self) -> tuple[Token, ...]:
        """All that is more than a word."""
        return tuple(it for it in self.tokens if not isinstance(it, Word) or it.weight != 1)

    def shown(self) -> str:
        """The line as it was understood: `looking for "a diagram", like sketch.png, without "photo"`."""
        words = [f'looking for "{self.words}"'] if self.words else []
        return ", ".join([*words, *map(describe_token, self.operators)])

    def _sought(self) -> Iterator[Word | RequiredPhrase]:
        for token in self.tokens:
            if isinstance(token, Word) or (isinstance(token, RequiredPhrase) and not token.without):
                yield token

    def _restrictions(self) -> dict[str, str]:
        """The value of each restriction; of `has:caption` and `no:caption` the sign, by `caption`."""
        restrictions = [it for it in self.tokens if isinstance(it, Restriction)]
        return dict(
            (it.value, it.name) if it.name in {"has", "no"} else (it.name, it.value) for it in restrictions
        )


def parse(line: str, *, files: bool = True) -> Parsed:
    """What a line asks for; QueryError only for one that is too long. Without `files` a picture's path is but a word.

    A stranger's line is parsed without: it must not name files of this machine.
    """
    pieces = list(_pieces(checked_line(line)))
    tokens: list[Token] = []
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        token = _bound(pieces[at : at + 2], tokens, files=files)
        at += 2 if token else 1
        tokens.append(token or _understood(piece, files=files) or Word(piece.written))
    return Parsed(tuple(tokens))


def line_of(arguments: Sequence[str]) -> str:
    """The arguments of a command as one line. The shell took the quotes away; a path that needs them gets them."""
    return " ".join(
        _quoted_if_spaced(argument) if _PICTURE.fullmatch(argument) else argument for argument in arguments
    )


def describe_token(token: Token) -> str:
    """What a token asks for, in words."""
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
    """What stands between two spaces, or between quotes; `before` is a weight or `document:`."""

    written: str
    sign: str
    before: str
    text: str
    quoted: bool


def _pieces(line: str) -> Iterator[_Piece]:
    at = 0
    while found := re.compile(r"\s*(?=\S)").match(line, at):
        at = found.end()
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
        weighed = _WEIGHED.fullmatch(signless)
        before, text = (weighed["weight"], weighed["text"]) if weighed else ("", signless)
        yield _Piece(bare[0], sign, before, text, quoted=False)


def _bound(pair: Sequence[_Piece], tokens: Sequence[Token], *, files: bool) -> Token | None:
    """What a sign that stands apart says together with the next piece; None where it is but a dash or a plus."""
    if len(pair) < 2 or pair[0].written not in _SIGNS or pair[1].sign or pair[1].written in _SIGNS:
        return None
    last = tokens[-1] if tokens else None
    if _NUMBER.fullmatch(pair[1].written) and isinstance(last, Word) and last.text[-1:].isdigit():
        return None  # 10 - 15
    return _understood(pair[1], files=files, sign=_SIGNS[pair[0].written])


def _understood(piece: _Piece, *, files: bool, sign: str = "") -> Token | None:
    """The token that a piece is, None where it is a word without a weight."""
    apart, sign = bool(sign), sign or piece.sign
    weight = _weight(piece.before)
    if weight is None or (sign == "-" and piece.before):
        return None
    if piece.before[:-1] in _TEXTS:
        return Restriction(piece.before[:-1], piece.text)
    text = _cleaned(piece.text) if sign and not piece.quoted else piece.text
    path = next((it for it in (piece.text, text) if _PICTURE.fullmatch(it)), None)
    if files and path:
        return PictureFile(path, sign == "-", weight)
    named = _named(piece.text, sign) or _named(text, sign)
    if named and not piece.quoted and not piece.before:
        return named
    if sign or piece.quoted:
        return _exactly(piece, text, sign, weight, apart=apart)
    return Word(text, weight) if weight != 1 and _says_something(text) else None


def _named(text: str, sign: str) -> Token | None:
    """A figure by its id, or a filter."""
    if id := _ID.fullmatch(text):
        return Liked((id["full"] or id["start"]).lower(), sign == "-")
    name, _, value = text.partition(":")
    allowed = _RESTRICTIONS.get(name.lower())
    if allowed and sign != "-" and allowed.fullmatch(value):
        return Restriction(name.lower(), value if name.lower() in _TEXTS else value.lower())
    return None


def _exactly(piece: _Piece, text: str, sign: str, weight: float, *, apart: bool) -> RequiredPhrase | None:
    text = _cleaned(text)
    if not piece.quoted:
        if text[:1] in _SIGNS or not _says_something(text):
            return None  # --flag, +/-
        if _NUMBER.fullmatch(text) and not apart:
            return None  # -5 degrees
    return RequiredPhrase(text, sign == "-", weight)


def _cleaned(text: str) -> str:
    """The words without lone quotes, and without what ends a clause."""
    return " ".join(re.sub(f"[{_QUOTES}]", " ", text.rstrip(_AFTER_QUOTE + _QUOTES)).split())


def _weight(before: str) -> float | None:
    """The weight that is written before a colon; None when it is none: `0:`, `1:` and `02:` weigh nothing."""
    if not before or before[:-1] in _TEXTS:
        return 1.0
    weight = float(before[:-1])
    return weight if 0 < weight <= _HEAVIEST and weight != 1 and f"{weight:g}:" == before else None


def _says_something(text: str) -> bool:
    """Whether there is a letter, a digit or a picture sign in it, and not only punctuation."""
    return any(category(letter)[0] in "LN" or category(letter) == "So" for letter in text)


def _weighed(text: str, weight: float) -> str:
    return text if weight == 1 else f"{weight:g}:{text}"


def _quoted_if_spaced(text: str) -> str:
    return f'"{text}"' if re.search(r"\s", text) else text


def _counting(weight: float) -> str:
    return f"counting {weight:g} times" if weight > 1 else f"counting {weight:g}"
