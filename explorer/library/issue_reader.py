"""Issues to read and to browse: their text and figures in order, their covers, their neighbours in time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from explorer.archive.links.addresses import is_remote
from explorer.catalog.reading_order import Section, sections_of
from explorer.catalog.records import FigureRecord, IssueRecord, Selection
from explorer.library.browse import require_record
from explorer.library.context import LibraryContext
from explorer.search.arguments import as_ids


class IssueReader:
    """The issues of a library as their readers see them."""

    def __init__(self, context: LibraryContext) -> None:
        self._context = context

    def get(self, id: str) -> IssueRecord:
        """Return an issue by its full id. Raises QueryError if there is none."""
        found = {issue.id: issue for issue in self._context.catalog.issues.by_id(as_ids("id", id))}
        return require_record(found, id, "issue")

    def sections(self, id: str) -> list[Section]:
        """Return the sections of an issue: paragraphs and figures in reading order."""
        selection = Selection(issue_id=id)
        catalog = self._context.catalog
        return sections_of(catalog.items.select(selection), catalog.figures.select(selection, order="issue"))

    def neighbours(self, id: str) -> tuple[str | None, str | None]:
        """Return the ids of the issues before and after an issue in time; None at the ends."""
        return self._context.catalog.issues.neighbours(id)

    def covers(self, ids: Sequence[str]) -> dict[str, FigureRecord]:
        """Return the first large figure of each of these issues, by the id of the issue. Some issues have none."""
        return self._context.catalog.figures.covers(ids)

    def count_by_year(self) -> dict[str, int]:
        """Return the number of issues of each year, the newest year first. Issues without a date are not counted."""
        return self._context.catalog.issues.count_by_year()

    def lost_archive(self, id: str) -> str | None:
        """Return the path of the archive or folder of an issue if it is not there any more; None if it is."""
        location = self._context.catalog.archives.location_of_issue(id)
        if location is None or is_remote(location):
            return None  # the copy of a site is in the library
        return None if Path(location).exists() else location

    def original(self, id: str) -> bytes:
        """Return the bytes of the document of an issue, from its archive.

        Raises:
            QueryError: If there is no such issue.
            ArchiveError: If the archive or the document cannot be opened any more.
        """
        issue = self.get(id)
        location = self._context.catalog.archives.location_of_issue(id) or ""
        with closing(self._context.open_archive(location)) as files:
            return files.read(issue.document)
