"""Letters: what they say, the pictures they carry, and the odd ways in which they are written."""

from email.message import EmailMessage

import pytest
from archive_builders import issues_in
from hypothesis import given, settings
from hypothesis import strategies as st
from letter_builders import letter, png, read_letter, with_picture

from explorer.archive.model import Issue, LedgerEntry, Status
from explorer.errors import ArchiveError

FIGURE = '<p>We went.</p><figure><img src="cid:mill@x" alt="A wheel"><figcaption>The mill at dawn.</figcaption></figure>'


def text_of(issue):
    return "\n".join(item.text for item in issue.items)


def test_a_letter_says_its_subject_date_and_sender():
    read = read_letter(
        letter("<p>We went to the sea.</p>", Content_Language="en", Archived_At="<https://x.org/7>")
    )

    assert read.metadata.title == "News of the mill"
    assert read.metadata.date == "2024-03-09"
    assert read.metadata.author == "Ann Lee"
    assert read.metadata.language == "en"
    assert read.metadata.address == "https://x.org/7"


def test_a_picture_in_the_letter_is_read_with_its_caption():
    [figure] = read_letter(with_picture(letter(FIGURE, "We went."), png(), "mill@x")).figures

    assert figure.image == "letter.eml#cid:mill@x"
    assert figure.status is Status.KEPT
    assert figure.caption == "The mill at dawn."
    assert figure.alt == "A wheel"
    assert figure.data() == png()


def test_the_html_of_a_letter_is_read_rather_than_its_text():
    assert text_of(read_letter(letter("<p>In <b>HTML</b>.</p>", "In text."))) == "In HTML."


def test_a_letter_of_text_has_paragraphs_and_captions():
    read = read_letter(
        letter(text="Dear all,\n\nwe went.\n\nFigure 1: The wheel\nof the mill.\n\nIt rained.\n")
    )

    assert text_of(read) == "Dear all,\n\nwe went.\n\nIt rained."
    assert [figure.caption for figure in read.figures] == ["Figure 1: The wheel of the mill."]


def test_an_attached_picture_is_a_figure_at_the_end_without_a_caption():
    message = with_picture(letter("<p>We went.</p>"), png("red"), name="water-mill-at-dawn.png")
    with_picture(message, png("blue"), name="IMG_2031.png")
    named, unnamed = read_letter(message).figures

    assert (named.caption, named.alt, named.before) == (None, "water mill at dawn", None)
    assert (unnamed.caption, unnamed.alt) == (None, None)
    assert (named.data(), unnamed.data()) == (png("red"), png("blue"))


def test_a_picture_that_is_shown_is_no_attachment_too():
    message = with_picture(letter('<p><img src="cid:a%40x"></p>'), png(), "a@x")

    assert len(read_letter(message).figures) == 1


def test_an_attached_picture_is_a_figure_also_where_a_remote_one_has_its_name():
    message = with_picture(letter('<p><img src="https://x.org/1/mill.png"></p>'), png(), name="mill.png")

    assert [figure.status for figure in read_letter(message).figures] == [Status.REMOTE, Status.KEPT]


def test_a_picture_between_two_texts_stands_between_them():
    source = b"\n".join([
        b"From: a@x.org", b"MIME-Version: 1.0", b"Content-Type: multipart/mixed; boundary=b", b"",
        b"--b", b"Content-Type: text/plain", b"", b"This paragraph stands before the picture.",
        b"--b", b"Content-Type: image/png; name=x.png", b"Content-Disposition: inline", b"", b"picture",
        b"--b", b"Content-Type: text/plain", b"", b"This paragraph stands after the picture.", b"--b--",
    ])  # fmt: skip
    [figure] = read_letter(source).figures

    assert figure.before == "This paragraph stands before the picture."
    assert figure.after == "This paragraph stands after the picture."


def test_a_letter_that_is_passed_on_is_a_section_with_its_pictures():
    inner = with_picture(letter(FIGURE, subject="The first mill"), png(), "mill@x")
    outer = letter(text="See below.", subject="Fwd: mills")
    outer.add_attachment(inner)
    read = read_letter(outer)

    assert read.metadata.title == "Fwd: mills"
    assert "The first mill" in [item.heading for item in read.items]
    assert [figure.caption for figure in read.figures] == ["The mill at dawn."]


def test_remote_pictures_stay_remote_and_tracking_pixels_are_no_figures():
    html = '<img src="https://x.org/mill.png"><img src="https://x.org/open?u=1" width="1" height="1">'
    read = read_letter(letter(f"<p>{html}</p>"))

    assert [(figure.image, figure.status) for figure in read.figures] == [
        ("https://x.org/mill.png", Status.REMOTE)
    ]
    assert [seen.reason for seen in read.left_out] == ["tracking pixel or spacer"]


CHARSETS = {
    "as said": ("windows-1251", "Мельница на реке".encode("cp1251")),
    "UTF-8 that says Latin-1": ("iso-8859-1", "Мельница на реке".encode()),
    "Japanese in seven bits": ("iso-2022-jp", "川の水車".encode("iso-2022-jp")),
    "a charset that is none": ("x-unknown", "Мельница на реке".encode()),
    "a charset of Python alone": ("punycode", "Мельница на реке".encode()),
    "no charset": ("", "Мельница на реке".encode()),
}


@pytest.mark.parametrize(("charset", "body"), CHARSETS.values(), ids=CHARSETS.keys())
def test_letters_are_read_in_their_charset_or_in_the_one_they_are_in(charset, body):
    head = (
        f'From: a@x.org\nContent-Type: text/plain; charset="{charset}"\nContent-Transfer-Encoding: 8bit\n\n'
    )
    expected = "川の水車" if "jp" in charset else "Мельница на реке"

    assert expected in text_of(read_letter(head.encode() + body + b" and more words.\n"))


SUBJECTS = {
    "encoded words": (b"=?utf-8?Q?M=C3=BChle?= =?utf-8?B?biBhbSBCYWNo?=", "Mühlen am Bach"),
    "a character in two words": (b"=?utf-8?B?TcM=?= =?utf-8?B?vGhsZQ==?=", "Mühle"),
    "bare bytes": ("Mühle am Bach".encode(), "Mühle am Bach"),
    "bare Latin-1": ("Mühle am Bach".encode("latin-1"), "Mühle am Bach"),
    "folded": (b"The mill\n at the\n\tbrook", "The mill at the brook"),
    "an unknown charset": (b"=?x-no?Q?Mill?=", "Mill"),
    "broken base64": (b"=?utf-8?B?T?=", "=?utf-8?B?T?="),
    "markup": (b"Mills <b>&amp;</b> more", "Mills <b>&amp;</b> more"),
}


@pytest.mark.parametrize(("written", "expected"), SUBJECTS.values(), ids=SUBJECTS.keys())
def test_subjects_are_decoded(written, expected):
    assert read_letter(b"From: a@x.org\nSubject: " + written + b"\n\nText.").metadata.title == expected


def test_quoted_printable_is_decoded():
    read = read_letter(b"From: a@x.org\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
                       b'<p>M=C3=BChle am B=\nach</p><img src=3D"https://x.org/a.png">')  # fmt: skip

    assert text_of(read) == "Mühle am Bach"
    assert [figure.image for figure in read.figures] == ["https://x.org/a.png"]


def test_a_letter_saved_by_apple_mail_is_read():
    data = bytes(letter("<p>We went.</p>"))
    read = read_letter(str(len(data)).encode() + b"\n" + data + b"<?xml><plist>junk</plist>", "1.emlx")

    assert text_of(read) == "We went."


BROKEN = {
    "no letter": (b"\x89PNG\r\n\x1a\n\x00\x00", "no e-mail headers"),
    "nothing": (b"", "no e-mail headers"),
    "encrypted": (b"From: a@x.org\nContent-Type: multipart/encrypted; boundary=b\n\n--b--", "is encrypted"),
}


@pytest.mark.parametrize(("data", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_letter_that_can_be_read_is_told(tmp_path, data, reason):
    (tmp_path / "one.eml").write_bytes(data)
    [problem] = issues_in(tmp_path)

    assert isinstance(problem, LedgerEntry)
    assert reason in problem.reason


def test_a_letter_without_an_end_is_read_as_far_as_it_goes():
    data = bytes(with_picture(letter(FIGURE, "We went."), png(), "mill@x"))
    read = read_letter(data[: data.index(b"iVBOR")])

    assert [figure.caption for figure in read.figures] == ["The mill at dawn."]


WHOLE = bytes(with_picture(letter(FIGURE, "We went."), png(side=2), "mill@x"))


@settings(max_examples=150, deadline=None)
@given(
    start=st.integers(0, len(WHOLE)),
    length=st.integers(0, 40),
    put=st.binary(max_size=20)
    | st.sampled_from(
        [b"\n\n", b"=?utf-8?b?", b'boundary="', b"--", b"charset=utf-7", b"multipart/", b"message/rfc822"]
    ),
)
def test_a_damaged_letter_is_an_issue_or_a_problem(tmp_path_factory, start, length, put):
    folder = tmp_path_factory.mktemp("letters")
    (folder / "one.eml").write_bytes(WHOLE[:start] + put + WHOLE[start + length :])
    [read] = issues_in(folder)

    assert isinstance(read, Issue | LedgerEntry)
    for figure in read.figures if isinstance(read, Issue) else ():
        assert figure.data is None or isinstance(figure.data(), bytes)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "data",
    [
        b"From: a\nContent-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 3000,
        b"From: a\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
        b"From: a\nContent-Type: message/rfc822\n\n" * 3000,
        b"From: a\nSubject: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\nx",
        b"From: a\n" + b"X: y\n" * 200_000 + b"\nx",
        b"From: a\nContent-Type: text/plain" + b"; a=b" * 100_000 + b"\n\nx",
        b"From: " + b"(" * 200_000 + b"\nDate: " + b"9" * 100_000 + b"\n\nx",
    ],
    ids=[
        "nested parts",
        "many parts",
        "nested letters",
        "many words",
        "many headers",
        "many parameters",
        "nested comments",
    ],
)
def test_a_hostile_letter_is_an_issue_or_a_problem(tmp_path, data):
    (tmp_path / "one.eml").write_bytes(data)

    assert len(issues_in(tmp_path)) == 1


@pytest.mark.parametrize("written", ["CID:mill@x", "Cid:mill@x", "cid:mill%40x"])
def test_a_picture_is_found_however_its_address_is_spelled(written):
    read = read_letter(
        with_picture(letter(f'<p>We went.</p><img src="{written}" alt="A wheel">'), png(), "mill@x")
    )
    assert [(one.alt, one.data()) for one in read.figures] == [("A wheel", png())]


@pytest.mark.parametrize(
    "html",
    [
        '<table background="cid:ground"><tr><td>We went.</td></tr></table>',
        '<table><tr><td style="background-image:url(cid:ground)">We went.</td></tr></table>',
        '<p>We went.</p><!--[if mso]><v:rect><v:fill src="cid:ground"/></v:rect><![endif]-->',
        "<p>We went.</p><style>.x{background:url(cid:ground)}</style>",
    ],
)
def test_a_picture_that_is_only_a_background_is_a_figure_or_in_the_ledger(html):
    read = read_letter(with_picture(letter(html), png(), "ground"))
    told = [*(one.image for one in (*read.figures, *read.left_out)), *(one.address for one in read.mentioned)]
    assert len([it for it in told if "ground" in it]) == 1


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("ms-tnef", "winmail.dat", "TNEF"),
        ("octet-stream", "winmail.dat", "TNEF"),
        ("pkcs7-mime", "smime.p7m", "S/MIME"),
        ("x-pkcs7-mime", "", "S/MIME"),
    ],
)
def test_what_other_programs_packed_is_named_in_the_ledger(kind, name, told):
    message = EmailMessage()
    message["From"], message["Subject"], message["Date"] = (
        "ann@x.org",
        "Mill",
        "Sat, 9 Mar 2024 10:00:00 +0000",
    )
    message.set_content("We went to the mill.")
    message.add_attachment(b"packed", "application", kind, filename=name or None)
    read = read_letter(message.as_bytes())
    [seen] = read.left_out
    assert told in seen.reason
    assert seen.image == name or not name


def test_a_letter_that_is_signed_as_a_whole_is_called_so():
    message = EmailMessage()
    message["From"], message["Subject"] = "ann@x.org", "Mill"
    message.set_content(b"packed", "application", "pkcs7-mime", params={"smime-type": "signed-data"})
    with pytest.raises(ArchiveError, match="is signed as a whole"):
        read_letter(message.as_bytes())
