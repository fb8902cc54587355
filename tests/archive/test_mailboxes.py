"""Mailboxes: every letter of an mbox file or a Maildir, under a name that stays."""

import tracemalloc
from io import BytesIO
from shutil import make_archive

import pytest
from archive_builders import issues_in, opened
from hypothesis import given, settings
from hypothesis import strategies as st
from letter_builders import letter, mbox, png, with_picture

from explorer.archive.convert.email.mailboxes import MBOX, maildir_folder
from explorer.archive.model import Issue
from explorer.archive.reader import read_issues

ONE = letter("<p>We went to the mill.</p>", subject="The mill", Message_ID="<1@x>")
TWO = letter("<p>We went to the sea.</p>", subject="The sea", Message_ID="<2@x>")
THREE = letter("<p>We went home.</p>", subject="The sea", Message_ID="<3@x>")


def titles(folder):
    return [issue.metadata.title for issue in issues_in(folder)]


def names(data):
    return list(MBOX.unpack(BytesIO(data), "all.mbox"))


def test_every_letter_of_a_mailbox_is_an_issue(tmp_path):
    illustrated = with_picture(letter('<p><img src="cid:a"></p>', subject="A wheel"), png(), "a")
    (tmp_path / "all.mbox").write_bytes(mbox(ONE, illustrated, TWO))
    read = {issue.metadata.title: issue for issue in issues_in(tmp_path)}

    assert sorted(read) == ["A wheel", "The mill", "The sea"]
    assert read["A wheel"].figures[0].data() == png()
    assert read["The mill"].document.startswith("all.mbox/the-mill-")


def test_letters_keep_their_names_when_the_mailbox_grows_or_is_sorted():
    assert set(names(mbox(ONE, TWO))) < set(names(mbox(THREE, TWO, ONE)))


def test_a_letter_without_an_id_keeps_its_name_when_it_was_read():
    fresh, read = letter(text="We went."), letter(text="We went.", Status="RO", X_Mozilla_Status="0001")

    assert names(mbox(fresh)) == names(mbox(read))
    assert len(names(mbox(fresh, letter(text="We stayed.")))) == 2


def test_the_same_letter_twice_is_one_issue():
    assert len(names(mbox(ONE, TWO, ONE))) == 2


def test_lines_that_begin_with_from_do_not_break_a_letter(tmp_path):
    data = letter(text="Dear all,\n\nFrom 9:30 on we walked.\n\nFrom here\nit rained.\n", Message_ID="<1@x>")
    (tmp_path / "all.mbox").write_bytes(mbox(data))
    (tmp_path / "bare.mbox").write_bytes(mbox(data).replace(b">From", b"From"))
    escaped, bare = issues_in(tmp_path)

    assert escaped.items == bare.items
    assert "From 9:30 on we walked." in escaped.items[0].text


def test_mailboxes_with_the_line_ends_of_windows_are_read(tmp_path):
    (tmp_path / "all.mbx").write_bytes(mbox(ONE, TWO).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    assert sorted(titles(tmp_path)) == ["The mill", "The sea"]


def test_letters_on_the_edges_of_what_is_read_at_once_are_found(monkeypatch):
    data = mbox(*(letter(text="x" * n, Message_ID=f"<{n}@x>") for n in range(0, 3000, 90)))
    whole = names(data)
    monkeypatch.setattr("explorer.archive.convert.email.mailboxes._CHUNK_BYTES", 700)

    assert names(data) == whole
    assert len(whole) == 34


def test_a_line_without_an_end_is_not_held_in_memory(tmp_path):
    path = tmp_path / "all.mbox"
    with path.open("wb") as file:
        file.write(mbox(ONE))
        for _ in range(120):
            file.write(b"x" * 1024 * 1024)
    tracemalloc.start()
    with path.open("rb") as stream:
        MBOX.unpack(stream, "all.mbox")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 40 * 1024 * 1024


def test_a_letter_that_is_too_large_is_told_and_the_others_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.archive.convert.email.mailboxes.MAX_MESSAGE_BYTES", 2000)
    (tmp_path / "all.mbox").write_bytes(mbox(ONE, letter(text="word " * 1000, subject="Long"), TWO))
    long, *others = issues_in(tmp_path)

    assert "more than the 2,000" in long.reason
    assert [issue.metadata.title for issue in others] == ["The mill", "The sea"]


def test_what_is_no_mailbox_is_told(tmp_path):
    (tmp_path / "all.mbox").write_bytes(b"\x00\x01*mbx*")
    with opened(tmp_path) as archive:
        assert archive.paths() == []
        assert "is not an mbox file" in archive.refused["all.mbox"]


def test_an_empty_mailbox_has_no_letters(tmp_path):
    (tmp_path / "all.mbox").write_bytes(b"")
    with opened(tmp_path) as archive:
        assert (archive.paths(), archive.refused) == ([], {})


# --- Maildir ------------------------------------------------------------------------------------------


@pytest.fixture
def maildir(tmp_path):
    for folder in ("cur", "new", "tmp"):
        (tmp_path / "Letters" / folder).mkdir(parents=True)
    (tmp_path / "Letters/new/1700000000.M1P2.host,S=99").write_bytes(bytes(ONE))
    (tmp_path / "Letters/cur/1700000001.M1P2.host:2,S").write_bytes(bytes(TWO))
    return tmp_path


def test_every_letter_of_a_maildir_is_an_issue(maildir):
    assert titles(maildir) == titles(maildir / "Letters") == ["The mill", "The sea"]


def test_a_letter_of_a_maildir_keeps_its_name_when_it_is_read_and_answered(maildir):
    with opened(maildir) as archive:
        before = archive.paths()
    (maildir / "Letters/new/1700000000.M1P2.host,S=99").rename(
        maildir / "Letters/cur/1700000000.M1P2.host,S=99:2,RS"
    )

    with opened(maildir) as archive:
        assert archive.paths() == before
    assert before == ["Letters/1700000000.M1P2.host,S=99.eml", "Letters/1700000001.M1P2.host.eml"]
    assert titles(maildir) == ["The mill", "The sea"]


def test_a_folder_that_is_called_new_is_no_maildir(tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "2024-03-09.md").write_text("# One")

    with opened(tmp_path) as archive:
        assert archive.paths() == ["new/2024-03-09.md"]


# --- Maildir++ ----------------------------------------------------------------------------------------


@pytest.fixture
def folders(maildir):
    """A Maildir as Dovecot keeps it: folders of folders, hidden beside cur, new and tmp, with files of its own."""
    for name in (".Archive", ".Archive.2024", ".Entw&APw-rfe", ".A &- B"):
        for part in ("cur", "new", "tmp"):
            (maildir / "Letters" / name / part).mkdir(parents=True)
        for own in ("maildirfolder", "dovecot.index.cache", "dovecot-uidlist"):
            (maildir / "Letters" / name / own).write_bytes(b"1\n")
    (maildir / "Letters/.Archive.2024/cur/1700000002.M1P2.host:2,S").write_bytes(bytes(THREE))
    (maildir / "Letters/.Entw&APw-rfe/new/1700000003.M1P2.host").write_bytes(bytes(ONE))
    (maildir / "Letters/.A &- B/cur/1700000004.M1P2.host:2,").write_bytes(bytes(TWO))
    (maildir / "Letters/.Archive/tmp/1700000005.M1P2.host").write_bytes(b"half a let")
    return maildir


LETTERS = [
    "Letters/1700000000.M1P2.host,S=99.eml",
    "Letters/1700000001.M1P2.host.eml",
    "Letters/A & B/1700000004.M1P2.host.eml",
    "Letters/Archive/2024/1700000002.M1P2.host.eml",
    "Letters/Entwürfe/1700000003.M1P2.host.eml",
]


def test_letters_in_folders_of_a_maildir_are_issues_that_say_their_folder(folders):
    with opened(folders) as archive:
        read = list(read_issues(archive))

        assert [issue.document for issue in read] == archive.paths() == LETTERS
        assert (archive.skipped, archive.refused) == ({}, {})


def test_the_folders_of_a_maildir_in_a_zip_are_read_alike(folders, tmp_path_factory):
    where = tmp_path_factory.mktemp("zipped")
    make_archive(str(where / "mail"), "zip", folders)

    assert [issue.document for issue in issues_in(where / "mail.zip")] == LETTERS
    assert [issue.document for issue in issues_in(where)] == [f"mail.zip/{path}" for path in LETTERS]


def test_a_folder_of_a_maildir_that_is_named_is_an_archive(folders):
    assert titles(folders / "Letters/.Archive.2024") == ["The sea"]


def test_a_letter_in_a_folder_keeps_its_name_when_it_is_read(folders):
    there = folders / "Letters/.Entw&APw-rfe"
    (there / "new/1700000003.M1P2.host").rename(there / "cur/1700000003.M1P2.host:2,S")

    with opened(folders) as archive:
        assert archive.paths() == LETTERS


HIDDEN = {
    "a folder of a program": ".git/new/2024-03-09.md",
    "a hidden folder with one that is called cur": ".notes/cur/1700000000.M1P2.host",
    "a hidden folder in a hidden one": ".cache/.Mail/cur/1700000000.M1P2.host",
    "a name that leads upwards": "..&AC4ALg-/cur/1700000000.M1P2.host",
}


@pytest.mark.parametrize("path", HIDDEN.values(), ids=HIDDEN.keys())
def test_other_hidden_folders_stay_hidden(tmp_path, path):
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes(ONE))

    with opened(tmp_path) as archive:
        assert archive.paths() == []


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (".Sent", "Sent"),
        (".INBOX.Mills.2024", "INBOX/Mills/2024"),
        (".&ZeVnLIqe-", "日本語"),
        (".&AC4ALg-", "&AC4ALg-"),
        (".a&AC8-b", "a&AC8-b"),
        (".&2AA-", "&2AA-"),
        (".&!-", "&!-"),
        (".a&b", "a&b"),
        ("..a", None),
        (".a.", None),
        ("Sent", None),
        (".", None),
    ],
)
def test_the_name_of_a_folder_is_read_as_people_wrote_it_and_never_leads_elsewhere(name, read):
    assert maildir_folder(name) == read


@given(st.text(alphabet=".&-+,/AC4ALg8日a\x00", max_size=12))
def test_no_name_of_a_folder_leads_upwards(name):
    assert not {"", ".", ".."} & set((maildir_folder(name) or "x").split("/"))


WHOLE = mbox(ONE, TWO)


@settings(max_examples=100, deadline=None)
@given(
    start=st.integers(0, len(WHOLE)),
    length=st.integers(0, 60),
    put=st.binary(max_size=20) | st.sampled_from([b"\n\nFrom a 10:00\nX: y\n", b"\n\n", b"From "]),
)
def test_a_damaged_mailbox_is_read_as_far_as_it_can_be(tmp_path_factory, start, length, put):
    folder = tmp_path_factory.mktemp("mailboxes")
    (folder / "all.mbox").write_bytes(WHOLE[:start] + put + WHOLE[start + length :])
    with opened(folder) as archive:
        read = list(read_issues(archive))

    assert read or archive.refused
    assert len({issue.document for issue in read}) == len(read)
    assert any(isinstance(issue, Issue) for issue in read) or archive.refused
