"""The names of the members of a zip, whichever code they were written in.

A zip says of a name that it is UTF-8, gives it in UTF-8 in a field beside it (Info-ZIP, 0x7075), or says nothing: then it
is in the code of the computer that made it. One code holds for all such names of a zip. It is the one in which the
texts of the zip speak of its names, else the one in which the names look most like words.
"""

from __future__ import annotations

import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from posixpath import basename

_NAME_IS_UTF_8 = 0x800  # of a member's general purpose flags
_UNICODE_PATH = 0x7075
# What Windows of the countries writes; the first wins where two are alike.
_LIKELY = ("cp437", "cp850", "cp852", "cp932", "gbk", "cp949", "cp950", "cp866", "cp737")
# What other programs write. Believed only where a text of the zip speaks of the names so.
_POSSIBLE = (
    *("cp1252", "cp1250", "cp1251", "koi8-r", "cp1253", "cp857", "cp1254", "cp862", "cp1255"),
    *("cp720", "cp1256", "cp855", "cp775", "cp1257", "cp874", "cp1258", "mac-roman", "mac-cyrillic", "euc-jp", "gb18030"),
    *("big5hkscs",),
)  # fmt: skip
# The syllables and characters that are met most, in names as in texts.
_COMMON_HANGUL = frozenset(
    "이다는의에가을고지하로한기사를은자도리어시대인나해그서아부일제적정수스전장과구보동들라원주공상만여비성조있유소신안선오문개경국생"
    "미치중관민관실세물회위할방무교계연두분용모내외모습진산학우화년월목차그림표지도바강섬집길달별눈꽃새책글말밤봄여름가을겨울서울부산영화역사회의록고서"
)
_COMMON_HAN = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没"
    "动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头"
    "文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活图片"
    "照档案报告资料说明目录版第章节号總圖會報檔資說來時對為國學書照片封面地圖港灯塔船桥山河湖城市街屋花鸟鱼风雪雨春夏秋冬早晨夜晚"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The names of a zip in one code: how many its texts speak of, and how much they look like words."""

    encoding: str
    names: Sequence[str]
    spoken_of: int
    likeness: float


def names_of_members(
    members: Sequence[zipfile.ZipInfo], texts: Callable[[], Iterable[str]]
) -> dict[zipfile.ZipInfo, str]:
    """The name of every member. `texts` gives what the zip itself says, where that is needed to find out."""
    names: dict[zipfile.ZipInfo, str] = {}
    unsaid: dict[zipfile.ZipInfo, bytes] = {}
    for member in members:
        name = _said(member)
        if name is None:
            unsaid[member] = _raw(member)
        else:
            names[member] = name
    if unsaid:
        decoded = _decoded(list(unsaid.values()), texts)
        names.update(zip(unsaid, decoded, strict=True))
    return names


def _said(member: zipfile.ZipInfo) -> str | None:
    """The name as the zip says it, or as it can only be; None where it is in a code that nobody names."""
    raw = _raw(member)
    beside = _unicode_path(member.extra, raw)
    if beside:
        return beside
    if member.flag_bits & _NAME_IS_UTF_8 or raw.isascii():
        return member.filename
    try:  # many programs write UTF-8 without saying so
        return raw.decode("utf-8").partition("\x00")[0]
    except UnicodeDecodeError:
        return None


def _raw(member: zipfile.ZipInfo) -> bytes:
    """The bytes of the name: Python has read them as CP437, in which every byte is a character."""
    code = "utf-8" if member.flag_bits & _NAME_IS_UTF_8 else "cp437"
    return member.orig_filename.encode(code, errors="surrogatepass" if code == "utf-8" else "replace")


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The name in the field beside it, if the field is of that very name (APPNOTE.TXT 4.6.9)."""
    for kind, content in _fields(extra):
        if kind != _UNICODE_PATH or len(content) < 6 or content[0] != 1:
            continue
        if struct.unpack("<I", content[1:5])[0] != zlib.crc32(raw):
            continue
        try:
            return content[5:].decode("utf-8").partition("\x00")[0] or None
        except UnicodeDecodeError:
            continue
    return None


def _fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, position)
        yield kind, extra[position + 4 : position + 4 + length]
        position += 4 + length


def _decoded(raw: Sequence[bytes], texts: Callable[[], Iterable[str]]) -> Sequence[str]:
    """The names in the one code that fits all of them best."""
    said = "\n".join(texts())
    likely = list(_readings(_LIKELY, raw, said))
    best = max(likely, key=lambda it: (it.spoken_of, it.likeness))
    if best.spoken_of < len(raw) and said:
        possible = _readings(_POSSIBLE, raw, said)
        best = max([best, *possible], key=lambda it: it.spoken_of)  # the first of those that are alike
    return best.names


def _readings(encodings: Iterable[str], raw: Sequence[bytes], said: str) -> Iterator[Reading]:
    for encoding in encodings:
        try:
            names = [name.decode(encoding).partition("\x00")[0] for name in raw]
        except UnicodeDecodeError:
            continue
        spoken_of = sum(1 for name in names if _is_spoken_of(name, said))
        yield Reading(encoding, names, spoken_of, _likeness(names))


def _is_spoken_of(name: str, said: str) -> bool:
    """Whether a text has the name, or the last folder in front of it."""
    last = basename(name.replace("\\", "/").rstrip("/"))
    stem = last.rpartition(".")[0] or last
    return not stem.isascii() and unicodedata.normalize("NFC", stem) in said


# --- what looks like words --------------------------------------------------------------------------------


def _likeness(names: Sequence[str]) -> float:
    """How much names look like words of one language: a mean over their characters that are not ASCII."""
    worth = [
        _worth(before, character, after)
        for name in names
        for before, character, after in zip(" " + name, name, name[1:] + " ", strict=False)
        if not character.isascii()
    ]
    strange = sum(1 for name in names if _shouts_at_first(name)) / max(len(names), 1)
    return sum(worth) / max(len(worth), 1) - 0.4 * strange - 0.2 * (_count_of_scripts(names) - 1)


def _shouts_at_first(name: str) -> bool:
    """`УФСф`: two capitals and then small letters, as no word has them."""
    return any(
        first.isupper() and second.isupper() and third.islower() and not second.isascii()
        for first, second, third in zip(name, name[1:], name[2:], strict=False)
    )


def _count_of_scripts(names: Sequence[str]) -> int:
    scripts = {script for name in names for it in name if (script := _script(it))}
    return max(1, len(scripts - _OF_CJK) + bool(scripts & _OF_CJK))


_SMALL_KANA = frozenset("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮー")
_SELDOM_BESIDE_LETTERS = frozenset('^[]{}|~`@\\<>?*:"')
_BICAMERAL = frozenset(("LATIN", "CYRILLIC", "GREEK"))
_OF_CJK = {"HIRAGANA", "KATAKANA", "CJK"}
_LETTERS = ("LATIN", "CYRILLIC", "GREEK", "HIRAGANA", "KATAKANA", "HANGUL", "CJK")


def _script(character: str) -> str | None:
    if character.isascii() or not character.isalpha():
        return None
    name = unicodedata.name(character, "")
    return next((script for script in _LETTERS if name.startswith(script)), "OTHER")


def _worth(before: str, character: str, after: str) -> float:
    """From -1 to 1: of what a wrong code makes, much is lines, signs, and letters of the wrong case."""
    script = _script(character)
    if script is None:
        return (
            0.3
            if unicodedata.category(character) in {"Pd", "Po", "Ps", "Pe", "Pi", "Pf", "Lm", "Nd"}
            else -1.0
        )
    if script in {"HIRAGANA", "KATAKANA"}:
        return -0.3 if character in _SMALL_KANA and _script(before) not in _OF_CJK else 1.0
    if (
        before.isascii()
        and after.isascii()
        and before.isalpha()
        and after.isalpha()
        and script not in _BICAMERAL
    ):
        return -0.3  # `Gr批e`
    if script == "CJK":
        return 0.9 if character in _COMMON_HAN else 0.7 if _is_first_level(character) else -0.2
    if script == "HANGUL":
        return 1.0 if character in _COMMON_HANGUL else 0.65 if _can_be(character, "euc-kr") else -0.2
    if script in _BICAMERAL:
        return _worth_of_letter(script, before, character, after)
    return -0.5


def _worth_of_letter(script: str, before: str, character: str, after: str) -> float:
    beside = [it for it in (before, after) if it.isalpha()]
    if not beside:
        return -0.3
    if (before.islower() and character.isupper()) or {before, after} & _SELDOM_BESIDE_LETTERS:
        return -0.5
    if script == "LATIN":
        return 0.8 if any(it.isascii() for it in beside) else -0.3
    same = 0.9 if script == "CYRILLIC" else 0.8
    return same if any(_script(it) == script for it in beside) else -0.5


def _can_be(character: str, encoding: str) -> bool:
    return bool(character.encode(encoding, errors="ignore"))


def _is_first_level(character: str) -> bool:
    """Whether a character is among those that the codes of China, Taiwan or Japan have first, for they are used most."""
    return any(
        low <= character.encode(code, errors="ignore")[:1] <= high
        for code, low, high in (
            ("gb2312", b"\xb0", b"\xd7"),
            ("big5", b"\xa4", b"\xc6"),
            ("euc-jp", b"\xb0", b"\xcf"),
        )
    )
