"""The made archive and its library."""

from library.made_fixtures import (
    archive,
    give_back_space,
    library,
    library_folder,
    made_archive,
    own_folder,
    own_library,
)

__all__ = [
    "archive",
    "give_back_space",
    "library",
    "library_folder",
    "made_archive",
    "own_folder",
    "own_library",
]
