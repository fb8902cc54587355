"""The made archive and its library."""

from library.made_fixtures import *  # noqa: F403  fixtures are found where they are imported
