"""The parts of the pages: each draws one thing, and is used by one page or more."""
