"""Documents of UTF-8 with a few bytes that are not: every other letter stays, and the ledger tells of them."""

import io
import zipfile

import pytest
from archives_on_disk import everything_in, issues_in, write

from explorer.archive.convert.decoding import decode
from explorer.library.library import Library

RUSSIAN = "Почтовый катер приходит по вторникам, и вся деревня спускается к пристани. " * 3
WRITTEN = {
    "Russian": RUSSIAN,
    "German": "Die Mühle am Fluß mahlt für Bäcker in Köln. „So früh wie möglich“, sagt die Müllerin. ",
    "Greek": "Το καράβι έρχεται κάθε Τρίτη στο νησί, και όλοι κατεβαίνουν στο λιμάνι. ",
    "Chinese": "邮船每逢星期二到达，全村的人都到码头去看谁在船上。",
    "Japanese": "郵便船は火曜日に着く。村の人々は桟橋まで歩いて行き、誰が乗っているかを見る。",
    "English with quotes": "“It’s late,” said the miller — “and the tide won’t wait.” ",
    "emoji": "Boats 🚤 and tides 🌊 every Tuesday 🎉. ",
}
DAMAGED = {
    "a stray byte": b"\xa0",
    "a letter of Windows-1252": b"\x92s",
    "a sequence cut short": b"\xd1...",
    "an overlong sequence": b"\xc0\xaf",
    "half a pair": b"\xed\xa0\xbd ",
    "a byte that never is in UTF-8": b"\xff",
}
PAGE = "<!doctype html><html><head>{declared}<title>T</title></head><body><p>{text}</p><p>\N{SNOWMAN}</p></body></html>"


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED.keys())
@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN.keys())
@pytest.mark.parametrize("declared", ['<meta charset="utf-8">', ""], ids=["declared", "silent"])
def test_all_other_letters_of_a_page_stay(written, damage, declared):
    page = PAGE.format(declared=declared, text=written * 2).encode().replace("☃".encode(), damage)

    read = decode(page)

    assert written * 2 in read
    assert "\ufffd" in read


def test_a_document_that_ends_in_the_middle_of_a_letter_is_read_to_there():
    in_the_last_letter = len(RUSSIAN.rstrip(". ").encode()) - 1

    assert decode(RUSSIAN.encode()[:in_the_last_letter]) == RUSSIAN.rstrip(". ")[:-1] + "\ufffd"


LEGACY = {
    "windows-1252": "L’été, le bateau arrive plus tôt ; à marée haute, il passe très près du môle. " * 3,
    "windows-1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "gb18030": "邮船每逢星期二到达，全村的人都到码头去看谁在船上。" * 5,
    "big5": "郵船每逢星期二到達，全村的人都到碼頭去看誰在船上。" * 5,
    "euc-kr": "우편선은 화요일마다 온다. 마을 사람들은 모두 부두로 내려가 누가 타고 있는지 본다. " * 5,
    "euc_jp": "郵便船は火曜日に着く。村の人々は桟橋まで歩いて行き、誰が乗っているかを見る。" * 5,
}


@pytest.mark.parametrize(("encoding", "written"), LEGACY.items(), ids=LEGACY.keys())
def test_a_page_that_only_says_that_it_is_utf_8_is_still_guessed(encoding, written):
    page = PAGE.format(declared='<meta charset="utf-8">', text=written).replace("☃", "").encode(encoding)

    assert written.strip() in decode(page)


def test_letters_written_as_two_halves_are_joined():
    boat = "🚤".encode("utf-16-le")
    halves = "".join(chr(int.from_bytes(boat[at : at + 2], "little")) for at in (0, 2))
    cesu = f"A boat {halves} that’s late.".encode(errors="surrogatepass")

    assert decode(cesu) == "A boat 🚤 that’s late."


def _epub(chapter):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="p.opf"/></rootfiles></container>',
        )
        book.writestr(
            "p.opf",
            '<package><metadata/><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="a"/></spine></package>',
        )
        book.writestr("a.xhtml", chapter)
    return held.getvalue()


def _formats():
    text = RUSSIAN.encode() + b"\n" + b"kater\xd1 \n\n"
    html = f"<p>{RUSSIAN}</p>\n".encode() + b"<p>kater\xd1 </p>"
    feed = (
        b'<rss version="2.0"><channel><title>F</title><item><title>One</title><link>https://x.example/a</link>'
        b"<description>" + RUSSIAN.encode() + b"\nkater\xd1 </description></item></channel></rss>"
    )
    letter = b"Subject: T\r\nMIME-Version: 1.0\r\nContent-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a.html", html)
    return {
        "a.html": html,
        "a.md": text,
        "a.txt": text,
        "a.xhtml": b'<?xml version="1.0" encoding="utf-8"?><html><body>' + html + b"</body></html>",
        "bom.html": b"\xef\xbb\xbf" + html,
        "a.eml": letter.replace(b"{}", b"html") + html,
        "b.eml": letter.replace(b"{}", b"plain") + text,
        "a.epub": _epub(b"<html><body>" + html + b"</body></html>"),
        "feed.xml": feed,
        "a.zip": zipped.getvalue(),
    }


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("formats")
    write(folder / "archive", _formats())
    with Library.create(folder / "library") as library:
        library.archives.ingest([folder / "archive"], encoder="lite")
        yield library


@pytest.mark.parametrize("name", _formats())
def test_every_format_keeps_its_letters_and_the_ledger_tells(library, name):
    (issue,) = (issue for issue in library.browse.issues() if issue.document.startswith(name))
    text = " ".join(item.text for item in library.browse.items() if item.issue_id == issue.id)
    told = [
        it.reason for it in library.browse.problems() if it.document.startswith(name) and it.image is None
    ]

    assert RUSSIAN.strip() in " ".join(text.split())
    assert len(told) == 1
    assert told[0].startswith("1 byte is not valid UTF-8, first in line ")
    assert told[0].endswith("read as U+FFFD")


def test_a_picture_with_a_russian_name_is_found_on_a_damaged_page(tmp_path):
    page = f'<meta charset="utf-8"><p>{RUSSIAN}</p><img src="катер.png"><p>☃</p>'.encode()
    files = {"a.html": page.replace("☃".encode(), b"\xd0"), "катер.png": b"x"}

    (issue,) = issues_in(tmp_path, files)

    assert [(figure.image, str(figure.status)) for figure in issue.figures] == [("катер.png", "kept")]


def test_the_line_and_the_number_of_bytes_are_told(tmp_path):
    text = f"{RUSSIAN}\n\n{RUSSIAN}\n".encode() + b"one \xff two \xe2\x82 three\n"

    (issue,), _ = everything_in(tmp_path, {"a.md": text})

    assert issue.damage == "3 bytes are not valid UTF-8, first in line 4: read as U+FFFD"


def test_a_page_that_says_utf_8_and_is_not_is_told_of(tmp_path):
    page = (
        PAGE.format(declared='<meta charset="utf-8">', text=LEGACY["windows-1252"])
        .replace("☃", "")
        .encode("cp1252")
    )

    (issue,), _ = everything_in(tmp_path, {"a.html": page})

    assert "read as cp1252, which is a guess" in issue.damage


def test_a_sound_document_and_one_in_a_legacy_encoding_are_not_damaged(tmp_path):
    legacy = (
        PAGE.format(declared='<meta charset="iso-8859-1">', text="Le bateau à quai")
        .replace("☃", "")
        .encode("latin-1")
    )
    literal = "# U+FFFD is \ufffd\n\nSo it is.\n"

    issues, _ = everything_in(tmp_path, {"a.md": RUSSIAN, "b.html": legacy, "c.md": literal})

    assert [issue.damage for issue in issues] == [None, None, None]
