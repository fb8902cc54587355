"""Names of members of a zip, in the code of the computer that made it, or with a field that says them in UTF-8."""

import io
import struct
import zipfile
import zlib

import pytest
from archives_on_disk import everything_in
from hypothesis import given
from hypothesis import strategies as st

from explorer.archive.convert.zipped import SafeZip
from explorer.archive.storage.zip_names import names_of_members


class RawName(zipfile.ZipInfo):
    """A member whose name is written as these bytes, without the flag of UTF-8."""

    def __init__(self, raw):
        super().__init__(raw.decode("cp437"))
        self.raw = raw

    def _encodeFilenameFlags(self):  # noqa: N802  zipfile calls it so
        return self.raw, self.flag_bits & ~0x800


def zipped(members, fields=None):
    """A zip of members whose names are bytes; `fields` are extra fields by name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for raw, content in members.items():
            info = RawName(raw)
            info.extra = (fields or {}).get(raw, b"")
            archive.writestr(info, content)
    return stream.getvalue()


def unicode_path(raw, name, crc=None):
    content = b"\x01" + struct.pack("<I", zlib.crc32(raw) if crc is None else crc) + name.encode()
    return struct.pack("<HH", 0x7075, len(content)) + content


def names_in(data):
    return SafeZip(io.BytesIO(data), "a.zip").paths()


# The code of a computer, and names as people there give them.
NAMES = {
    "Japan": ("cp932", ["写真/桟橋.png", "写真/灯台.png", "表紙.jpg", "ソ連の能力.png"]),
    "Japan, one": ("cp932", ["郵便船の朝.png"]),
    "China": ("gbk", ["照片/码头.png", "封面.jpg", "港口的早晨.png"]),
    "China, one": ("gbk", ["会议资料.png"]),
    "Korea": ("cp949", ["사진/부두.png", "항구의 아침.png"]),
    "Taiwan": ("cp950", ["照片/碼頭.png", "會議資料.png"]),
    "Russia": ("cp866", ["фото/пристань.png", "Отчёт 2023.png", "МОСКВА.jpg"]),
    "Germany": ("cp437", ["Bilder/Fähre.png", "Größe.png"]),
    "France": ("cp437", ["été/élève.png"]),
    "Brazil": ("cp850", ["ação.png", "São Paulo.png"]),
    "Poland": ("cp852", ["łódź.png", "Kraków.png", "zdjęcie.png", "żółty.png"]),
    "Greece": ("cp737", ["φωτογραφία.png", "Αθήνα.png"]),
    "UTF-8 that does not say so": ("utf-8", ["桟橋.png", "łódź.png"]),
}


@pytest.mark.parametrize(("code", "names"), NAMES.values(), ids=NAMES.keys())
def test_names_are_read_in_the_code_of_their_computer(code, names):
    assert names_in(zipped({name.encode(code): b"x" for name in names})) == sorted(names)


@pytest.mark.parametrize(("code", "names"), NAMES.values(), ids=NAMES.keys())
def test_the_pictures_of_a_page_are_found_under_such_names(tmp_path, code, names):
    page = "<h1>One</h1>" + "".join(f'<p>Words.</p><img src="{name}">' for name in names)
    stem = names[0].rpartition("/")[2].rpartition(".")[0]
    members = {
        f"{stem}.html".encode(code): page.encode(),
        **{name.encode(code): b"\x89PNG" for name in names},
    }
    [read], problems = everything_in(tmp_path, {"in a folder.zip": zipped(members)})

    assert problems == {}
    assert read.document == f"in a folder.zip/{stem}.html"
    assert [figure.candidates for figure in read.figures] == [(f"in a folder.zip/{name}",) for name in names]


@pytest.mark.parametrize("code", ["cp1251", "koi8-r", "cp1250", "euc-jp", "mac-cyrillic"])
def test_a_text_of_the_zip_that_speaks_of_its_names_tells_a_rare_code(code):
    names = (
        ["桟橋.png", "灯台.png"]
        if code == "euc-jp"
        else ["Przystań.png", "Łódź.png"]
        if code == "cp1250"
        else ["пристань.png", "маяк.png"]
    )
    page = "".join(f"<img src='{name}'>" for name in names).encode()

    assert set(names_in(zipped({**{name.encode(code): b"x" for name in names}, b"i.html": page}))) == {
        *names,
        "i.html",
    }


def test_a_name_that_only_a_text_can_tell():
    members = {"猫.png".encode("cp932"): b"x", b"i.md": "![](猫.png)".encode()}

    assert names_in(zipped(members)) == ["i.md", "猫.png"]


def test_percent_signs_in_the_text_tell_as_well():
    members = {"猫.png".encode("cp932"): b"x", b"i.html": b"<img src='%E7%8C%AB.png'>"}

    assert "猫.png" in names_in(zipped(members))


# --- the field beside a name ------------------------------------------------------------------------------


def test_the_name_in_the_field_beside_counts():
    raw = "пристань.png".encode("cp866")

    assert names_in(zipped({raw: b"x"}, {raw: unicode_path(raw, "桟橋.png")})) == ["桟橋.png"]
    assert names_in(zipped({b"a.png": b"x"}, {b"a.png": unicode_path(b"a.png", "桟橋.png")})) == ["桟橋.png"]


@pytest.mark.parametrize(
    "field",
    [
        unicode_path(b"", "x.png", crc=1),
        struct.pack("<HH", 0x7075, 3) + b"\x01ab",
        struct.pack("<HH", 0x7075, 7) + b"\x02" + struct.pack("<I", zlib.crc32(b"a.png")) + b"xy",
        struct.pack("<HH", 0x7075, 7) + b"\x01" + struct.pack("<I", zlib.crc32(b"a.png")) + b"\xff\xfe",
        struct.pack("<HH", 0x7075, 5) + b"\x01" + struct.pack("<I", zlib.crc32(b"a.png")),
    ],
    ids=["of another name", "short", "of another version", "no UTF-8", "empty"],
)
def test_a_field_that_is_not_of_the_name_is_nothing(field):
    assert names_in(zipped({b"a.png": b"x"}, {b"a.png": field})) == ["a.png"]


@pytest.mark.parametrize("name", ["../../etc/passwd.png", "/etc/passwd.png", "C:/x.png", "a/..\\..\\x.png"])
def test_no_name_leads_out_of_the_archive(name):
    beside = zipped({b"a.png": b"x"}, {b"a.png": unicode_path(b"a.png", name)})
    zipfiles = [
        SafeZip(io.BytesIO(beside), "a.zip"),
        SafeZip(io.BytesIO(zipped({name.encode(): b"x"})), "a.zip"),
    ]

    assert [one.paths() for one in zipfiles] == [[], []]
    assert all("leads out of the archive" in one.refused.values() for one in zipfiles)


def test_a_backslash_within_a_letter_parts_no_folders():
    assert names_in(zipped({"表.png".encode("cp932"): b"x", "ソ.png".encode("cp932"): b"x"})) == [
        "ソ.png",
        "表.png",
    ]


def test_backslashes_between_folders_part_them():
    assert names_in(zipped({"写真\\桟橋の朝.png".encode("cp932"): b"x"})) == ["写真/桟橋の朝.png"]


@given(
    st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=4, unique=True), st.binary(max_size=30)
)
def test_any_bytes_are_some_name(names, extra):
    members = [RawName(name) for name in names]
    members[0].extra = extra

    found = names_of_members(members, lambda: ["words"])
    assert list(found) == members or set(found) == set(members)
    assert all(isinstance(name, str) for name in found.values())
