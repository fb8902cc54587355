"""Letters and mailboxes as mail programs write them."""

from email.message import EmailMessage
from io import BytesIO

from PIL import Image

from explorer.archive.links.addresses import AddressResolver
from explorer.archive.reader import parse_issue
from explorer.archive.storage.files import format_of


def png(color="red", side=100):
    """A picture of one colour."""
    file = BytesIO()
    Image.new("RGB", (side, side), color).save(file, "PNG")
    return file.getvalue()


def letter(html=None, text=None, subject="News of the mill", **headers):
    """A letter with HTML, text, or both as alternatives; further names become headers."""
    message = EmailMessage()
    if text is not None:
        message.set_content(text)
    if html is not None:
        (message.add_alternative if text is not None else message.set_content)(html, subtype="html")
    written = {
        "Subject": subject,
        "From": "Ann Lee <ann@example.org>",
        "Date": "Sat, 09 Mar 2024 10:00:00 +0100",
    }
    for name, value in {**written, **headers}.items():
        message[name.replace("_", "-")] = value
    return message


def with_picture(message, data, content_id=None, name="mill.png"):
    """The letter with a picture that its HTML may show, or an attached one where there is no `content_id`."""
    if content_id:
        html = next(part for part in message.walk() if part.get_content_type() == "text/html")
        html.add_related(data, "image", "png", cid=f"<{content_id}>", filename=name)
    else:
        message.add_attachment(data, "image", "png", filename=name)
    return message


def mbox(*letters):
    """A mailbox file of letters, given as messages or as bytes."""
    return b"".join(
        b"From ann@example.org Sat Mar  9 10:00:00 2024\n" + _escaped(bytes(one)) + b"\n" for one in letters
    )


def _escaped(data):
    return b"".join(
        b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in data.splitlines(True)
    )


def read_letter(source, document="letter.eml"):
    """The issue in a letter, given as a message or as bytes."""
    data = bytes(source)
    return parse_issue(
        format_of(document, lambda: data).convert(data, document), document, AddressResolver([document])
    )
