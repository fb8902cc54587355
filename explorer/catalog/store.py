"""The catalog: the truth about a library, one repository for each of its domains."""

from __future__ import annotations

from pathlib import Path

from explorer.catalog.archives import ArchiveRepository
from explorer.catalog.collections import CollectionRepository
from explorer.catalog.content import CatalogContent
from explorer.catalog.corrections import CorrectionRepository
from explorer.catalog.database import ChangeRepository, Database
from explorer.catalog.duplicates import DuplicateRepository
from explorer.catalog.figures import FigureRepository, ItemRepository, PictureRepository, TraitRepository
from explorer.catalog.full_text import FullText
from explorer.catalog.issues import IssueRepository
from explorer.catalog.ledger import LedgerRepository
from explorer.catalog.searches import SearchRepository
from explorer.catalog.trash import TrashRepository


class Catalog:
    """The catalog in a SQLite file: one writer, any number of readers.

    Every method of its repositories raises LibraryError, and nothing else, when SQLite fails.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self._database = Database(path, create=create)
        self.archives = ArchiveRepository(self._database)
        self.issues = IssueRepository(self._database, self.archives)
        self.items = ItemRepository(self._database)
        self.figures = FigureRepository(self._database)
        self.traits = TraitRepository(self._database)
        self.pictures = PictureRepository(self._database)
        self.duplicates = DuplicateRepository(self._database)
        self.ledger = LedgerRepository(self._database)
        self.trash = TrashRepository(self._database)
        self.corrections = CorrectionRepository(self._database)
        self.collections = CollectionRepository(self._database)
        self.searches = SearchRepository(self._database)
        self.full_text = FullText(self._database)
        self.changes = ChangeRepository(self._database)
        self.content = CatalogContent(self._database)

    def close(self) -> None:
        """Close the file."""
        self._database.close()
