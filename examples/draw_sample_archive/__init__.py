"""Draws the sample archive: ten issues of a newsletter that never existed, with every picture in them."""
