"""The made archive and its library, and disks that fail."""

from disks import filled, held_back_by_rights, read_only, small_disk
from library.made_fixtures import *  # noqa: F403

__all__ = ["filled", "held_back_by_rights", "read_only", "small_disk"]
