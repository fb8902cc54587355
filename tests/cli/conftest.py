"""The made archive and its library."""

from library.made_fixtures import archive, library, library_folder, made_archive, own_folder, own_library

__all__ = ["archive", "library", "library_folder", "made_archive", "own_folder", "own_library"]
