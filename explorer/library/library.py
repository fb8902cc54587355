"""The library: the one door to everything the explorer keeps. Command line, web app and Python come through here."""

from __future__ import annotations

from explorer.library.browse import Status
from explorer.library.editing import Curating
from explorer.library.encoders import Encodings
from explorer.library.evaluation import Measuring
from explorer.library.maintenance import Keeping
from explorer.library.search import part_of, preview
from explorer.search.example_pictures import Box

__all__ = ["Box", "Library", "Status", "part_of", "preview"]


class Library(Encodings, Curating, Measuring, Keeping):
    """A library in a folder. Usable from several threads; other processes may read it, and one may write.

    Every method raises ExplorerError, whose message says what to do, and nothing else of its own. What can be done
    with it stands in a file of this package each: ingest, encoders, browse, search, search_history, editing,
    evaluation, maintenance.
    """
