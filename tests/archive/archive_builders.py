"""Small archives in a line or two, and what is read of them in a form that fits into a table."""

from contextlib import closing

from explorer.archive.convert.formats import HEAD_BYTES
from explorer.archive.links.addresses import AddressResolver
from explorer.archive.reader import parse_issue, read_issues
from explorer.archive.storage.files import format_of
from explorer.archive.storage.unpacked import open_archive


def issue(source, document="issue.html", files=()):
    """The issue in `source`, in an archive that holds `files` beside it."""
    data = source.replace("\x00", "").encode(errors="replace")
    format = format_of(document, lambda: data[:HEAD_BYTES])
    return parse_issue(format.convert(data, document), document, AddressResolver([document, *files]))


def figures(source, document="issue.html", files=()):
    return issue(source, document, files).figures


def captions(source, document="issue.html", files=()):
    """(image, caption) of every figure."""
    return [(figure.image, figure.caption) for figure in figures(source, document, files)]


def images(source, document="issue.html", files=()):
    return [figure.image for figure in figures(source, document, files)]


def left_out(source, document="issue.html", files=()):
    """image -> reason of everything in the ledger that is no figure."""
    return {seen.image: seen.reason for seen in issue(source, document, files).left_out}


def opened(location):
    """The archive at `location`, for a `with` block."""
    return closing(open_archive(location))


def issues_in(location):
    """Every issue and problem of the archive at `location`."""
    with opened(location) as archive:
        return list(read_issues(archive))
