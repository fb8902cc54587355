"""What crawlers write: WARC files and WACZ, in a line or two; and pages that a browser saved into one file."""

import gzip
import json
import zipfile
from base64 import b32encode
from email.message import EmailMessage
from hashlib import sha1
from io import BytesIO

import pyarrow

HTML = "text/html; charset=utf-8"


def answer(
    address,
    content,
    type=HTML,
    status="200 OK",
    kind="response",
    date="2024-03-09T10:00:00Z",
    refers_to="",
    **headers,
):
    """What a site answered; `headers` are those of HTTP, with underscores. Of a "revisit" the content is not written.

    One that `refers_to` an address has no digest.
    """
    return address, content, type, status, kind, date, refers_to, headers


def asked(address, destination):
    """What a browser asked for, and where it was going to show it."""
    return address, "", "", "", "request", "2024-03-09T10:00:00Z", "", {"Sec_Fetch_Dest": destination}


def squeezed(content, *encodings):
    """Content as a server packs it: by gzip, br, zstd, one after the other."""
    data = content.encode() if isinstance(content, str) else content
    for encoding in encodings:
        data = pyarrow.Codec({"br": "brotli"}.get(encoding, encoding)).compress(data, asbytes=True)
    return data


def warc(*answers, packed=True):
    """A WARC file of answers, each a record of its own."""
    return b"".join(gzip.compress(_record(*one)) if packed else _record(*one) for one in answers)


def _record(address, content, type, status, kind, date, refers_to, headers):
    content = content.encode() if isinstance(content, str) else content
    said = {"Content-Type": type} if type else {}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    first = "GET / HTTP/1.1" if kind == "request" else f"HTTP/1.1 {status}"
    http = f"{first}\r\n{_lines(said)}\r\n".encode() + (b"" if kind == "revisit" else content)
    head = {
        "WARC-Type": kind,
        "WARC-Target-URI": address,
        "WARC-Date": date,
        "Content-Type": "application/http",
        "Content-Length": len(http),
    }
    if refers_to:
        head["WARC-Refers-To-Target-URI"] = refers_to
    else:
        head["WARC-Payload-Digest"] = f"sha1:{b32encode(sha1(content).digest()).decode()}"
    return f"WARC/1.1\r\n{_lines(head)}\r\n".encode() + http + b"\r\n\r\n"


def _lines(fields):
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items())


def wacz(*warcs, compression=zipfile.ZIP_STORED, suffix=".warc.gz", pages=(), page_lines=None):
    """A WACZ file, with the indexes that players want beside its WARC files; `pages` are the addresses that it lists."""
    file = BytesIO()
    listed = [{"format": "json-pages-1.0"}, *({"url": page, "title": "x"} for page in pages)]
    lines = "".join(json.dumps(one) + "\n" for one in listed) if page_lines is None else page_lines
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("pages/pages.jsonl", lines)
        archive.writestr("datapackage.json", "{}")
        for number, data in enumerate(warcs):
            archive.writestr(f"archive/data-{number}{suffix}", data, compression)
    return file.getvalue()


def mhtml(page, pictures=(), address="https://x.org/posts/mill.html", charset="utf-8"):
    """A saved page; `pictures` are (Content-Location or Content-ID, bytes)."""
    message = EmailMessage()
    message["From"] = "<Saved by Blink>"
    message["Snapshot-Content-Location"] = address
    message["Subject"] = "The mill"
    message["Date"] = "Sat, 09 Mar 2024 10:00:00 -0000"
    message.set_content(page, subtype="html", charset=charset, cte="quoted-printable")
    message["Content-Location"] = address
    message.make_related()
    for name, data in pictures:
        message.add_related(data, "image", "png")
        part = list(message.iter_parts())[-1]
        part["Content-ID" if name.startswith("<") else "Content-Location"] = name
    return bytes(message)
