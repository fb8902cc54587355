"""Markdown of every dialect to HTML."""
