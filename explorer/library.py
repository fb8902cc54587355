"""The library: the one door to everything the explorer keeps. Command line, web app and Python come through here."""

from __future__ import annotations

from explorer.rooms.curating import Curating
from explorer.rooms.encodings import Encodings
from explorer.rooms.keeping import Keeping
from explorer.rooms.looking import Status
from explorer.rooms.measuring import Measuring
from explorer.rooms.searching import part_of, preview
from explorer.search.example_pictures import Box

__all__ = ["Box", "Library", "Status", "part_of", "preview"]


class Library(Encodings, Curating, Measuring, Keeping):
    """A library in a folder. Usable from several threads; other processes may read it, and one may write.

    Every method raises ExplorerError, whose message says what to do, and nothing else of its own. What can be done
    with it stands in a file of explorer/rooms each: archives, encodings, looking, searching, remembering, curating,
    measuring, keeping.
    """
