"""An archive of a few files on the disk, read as the explorer reads it."""

from explorer.archive.model import Issue
from explorer.archive.reader import read_issues
from explorer.archive.storage.unpacked import open_archive


def write(folder, files):
    """Writes files (path -> text or bytes) below a folder, and gives it back."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def everything_in(folder, files):
    """(issues, problems and refusals by path) of an archive of these files."""
    archive = open_archive(write(folder, files))
    read = list(read_issues(archive))
    archive.close()
    problems = {one.document: one.reason for one in read if not isinstance(one, Issue)}
    return [one for one in read if isinstance(one, Issue)], problems | archive.refused


def issues_in(folder, files):
    return everything_in(folder, files)[0]


def captions_in(issue):
    """(image, caption) of every figure of an issue."""
    return [(figure.image, figure.caption) for figure in issue.figures]
