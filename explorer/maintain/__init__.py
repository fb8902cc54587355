"""Keeping a library: copies of it, its contents for other programs, and what is wrong with it."""
