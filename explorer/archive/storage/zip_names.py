"""The names of the members of a zip in any character encoding.

A zip declares a name as UTF-8, adds it in UTF-8 in an extra field (Info-ZIP, 0x7075), or declares nothing. Then the
name is in the encoding of the computer that made the zip, which is the same for all such names. It is the encoding in
which most names occur in the texts of the zip, else the one in which the names look most like words.
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
# The encodings of Windows in different countries; the first one wins a tie.
_WINDOWS_ENCODINGS = ("cp437", "cp850", "cp852", "cp932", "gbk", "cp949", "cp950", "cp866", "cp737")
# The encodings of other programs. They count only if a text of the zip contains the names.
_OTHER_ENCODINGS = (
    *("cp1252", "cp1250", "cp1251", "koi8-r", "cp1253", "cp857", "cp1254", "cp862", "cp1255"),
    *("cp720", "cp1256", "cp855", "cp775", "cp1257", "cp874", "cp1258", "mac-roman", "mac-cyrillic", "euc-jp", "gb18030"),
    *("big5hkscs",),
)  # fmt: skip
# The most frequent syllables and characters in names and texts.
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
class DecodedNames:
    """The names of a zip in one encoding: how many occur in its texts, and how much they look like words."""

    encoding: str
    names: Sequence[str]
    mentioned_names: int
    plausibility: float


def names_of_members(
    members: Sequence[zipfile.ZipInfo], texts: Callable[[], Iterable[str]]
) -> dict[zipfile.ZipInfo, str]:
    """Return the name of every member; `texts` returns the texts in the zip, and is called only if they are needed."""
    names: dict[zipfile.ZipInfo, str] = {}
    undeclared: dict[zipfile.ZipInfo, bytes] = {}
    for member in members:
        name = _declared_name(member)
        if name is None:
            undeclared[member] = _raw_name(member)
        else:
            names[member] = name
    if undeclared:
        decoded = _best_decoding(list(undeclared.values()), texts)
        names.update(zip(undeclared, decoded, strict=True))
    return names


def _declared_name(member: zipfile.ZipInfo) -> str | None:
    """Return the name if its encoding is declared or certain; None otherwise."""
    raw = _raw_name(member)
    unicode_path = _unicode_path(member.extra, raw)
    if unicode_path:
        return unicode_path
    if member.flag_bits & _NAME_IS_UTF_8 or raw.isascii():
        return member.filename
    try:  # many programs write UTF-8 without declaring it
        return raw.decode("utf-8").partition("\x00")[0]
    except UnicodeDecodeError:
        return None


def _raw_name(member: zipfile.ZipInfo) -> bytes:
    """Return the bytes of the name: Python decodes them as CP437, in which every byte is a character."""
    code = "utf-8" if member.flag_bits & _NAME_IS_UTF_8 else "cp437"
    return member.orig_filename.encode(code, errors="surrogatepass" if code == "utf-8" else "replace")


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """Return the name in the extra field, if the field belongs to this name (APPNOTE.TXT 4.6.9)."""
    for kind, content in _extra_fields(extra):
        if kind != _UNICODE_PATH or len(content) < 6 or content[0] != 1:
            continue
        if struct.unpack("<I", content[1:5])[0] != zlib.crc32(raw):
            continue
        try:
            return content[5:].decode("utf-8").partition("\x00")[0] or None
        except UnicodeDecodeError:
            continue
    return None


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, position)
        yield kind, extra[position + 4 : position + 4 + length]
        position += 4 + length


def _best_decoding(raw: Sequence[bytes], texts: Callable[[], Iterable[str]]) -> Sequence[str]:
    """Return the names in the encoding that fits all of them best."""
    text = "\n".join(texts())
    decodings = list(_decodings(_WINDOWS_ENCODINGS, raw, text))
    best = max(decodings, key=lambda decoding: (decoding.mentioned_names, decoding.plausibility))
    if best.mentioned_names < len(raw) and text:
        other_decodings = _decodings(_OTHER_ENCODINGS, raw, text)
        best = max(
            [best, *other_decodings], key=lambda decoding: decoding.mentioned_names
        )  # the first one wins a tie
    return best.names


def _decodings(encodings: Iterable[str], raw: Sequence[bytes], text: str) -> Iterator[DecodedNames]:
    for encoding in encodings:
        try:
            names = [name.decode(encoding).partition("\x00")[0] for name in raw]
        except UnicodeDecodeError:
            continue
        mentioned_names = sum(1 for name in names if _is_mentioned(name, text))
        yield DecodedNames(encoding, names, mentioned_names, _plausibility(names))


def _is_mentioned(name: str, text: str) -> bool:
    """Return whether a text contains the file name without its suffix."""
    file_name = basename(name.replace("\\", "/").rstrip("/"))
    stem = file_name.rpartition(".")[0] or file_name
    return not stem.isascii() and unicodedata.normalize("NFC", stem) in text


# --- plausibility -----------------------------------------------------------------------------------------


def _plausibility(names: Sequence[str]) -> float:
    """Return how much names look like words of one language: a mean over their characters outside ASCII."""
    scores = [
        _character_score(before, character, after)
        for name in names
        for before, character, after in zip(" " + name, name, name[1:] + " ", strict=False)
        if not character.isascii()
    ]
    share_with_odd_case = sum(1 for name in names if _has_odd_case(name)) / max(len(names), 1)
    return (
        sum(scores) / max(len(scores), 1) - 0.4 * share_with_odd_case - 0.2 * (_count_of_scripts(names) - 1)
    )


def _has_odd_case(name: str) -> bool:
    """Return whether a name has two capitals and then a small letter, as no word does: `УФСф`."""
    return any(
        first.isupper() and second.isupper() and third.islower() and not second.isascii()
        for first, second, third in zip(name, name[1:], name[2:], strict=False)
    )


def _count_of_scripts(names: Sequence[str]) -> int:
    scripts = {script for name in names for character in name if (script := _script(character))}
    return max(1, len(scripts - _CJK_SCRIPTS) + bool(scripts & _CJK_SCRIPTS))


_SMALL_KANA = frozenset("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮー")
_RARE_BESIDE_LETTERS = frozenset('^[]{}|~`@\\<>?*:"')
_BICAMERAL = frozenset(("LATIN", "CYRILLIC", "GREEK"))
_CJK_SCRIPTS = {"HIRAGANA", "KATAKANA", "CJK"}
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "HIRAGANA", "KATAKANA", "HANGUL", "CJK")


def _script(character: str) -> str | None:
    if character.isascii() or not character.isalpha():
        return None
    name = unicodedata.name(character, "")
    return next((script for script in _SCRIPTS if name.startswith(script)), "OTHER")


def _character_score(before: str, character: str, after: str) -> float:
    """Return a score from -1 to 1: a wrong encoding yields box lines, signs, and letters of the wrong case."""
    script = _script(character)
    if script is None:
        return (
            0.3
            if unicodedata.category(character) in {"Pd", "Po", "Ps", "Pe", "Pi", "Pf", "Lm", "Nd"}
            else -1.0
        )
    if script in {"HIRAGANA", "KATAKANA"}:
        return -0.3 if character in _SMALL_KANA and _script(before) not in _CJK_SCRIPTS else 1.0
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
        return 1.0 if character in _COMMON_HANGUL else 0.65 if _is_encodable(character, "euc-kr") else -0.2
    if script in _BICAMERAL:
        return _letter_score(script, before, character, after)
    return -0.5


def _letter_score(script: str, before: str, character: str, after: str) -> float:
    neighbours = [neighbour for neighbour in (before, after) if neighbour.isalpha()]
    if not neighbours:
        return -0.3
    if (before.islower() and character.isupper()) or {before, after} & _RARE_BESIDE_LETTERS:
        return -0.5
    if script == "LATIN":
        return 0.8 if any(neighbour.isascii() for neighbour in neighbours) else -0.3
    score = 0.9 if script == "CYRILLIC" else 0.8
    return score if any(_script(neighbour) == script for neighbour in neighbours) else -0.5


def _is_encodable(character: str, encoding: str) -> bool:
    return bool(character.encode(encoding, errors="ignore"))


def _is_first_level(character: str) -> bool:
    """Return whether a character is in the first level, the most frequent ones, of an encoding of East Asia."""
    return any(
        low <= character.encode(code, errors="ignore")[:1] <= high
        for code, low, high in (
            ("gb2312", b"\xb0", b"\xd7"),
            ("big5", b"\xa4", b"\xc6"),
            ("euc-jp", b"\xb0", b"\xcf"),
        )
    )
