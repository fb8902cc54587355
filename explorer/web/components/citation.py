"""A figure in words for a text that refers to it."""

from __future__ import annotations

from explorer.types import FigureRecord


def issue_name(figure: FigureRecord) -> str:
    """Return the issue of a figure with its number and date: "Figures Monthly, #12, 2024-12-06"."""
    title = figure.issue_title or figure.document
    has_number = figure.issue_number is not None and str(figure.issue_number) not in title
    return ", ".join(filter(None, (title, f"#{figure.issue_number}" if has_number else None, figure.date)))


def citation(figure: FigureRecord) -> str:
    """Return a citation: the caption, the credit, and where the figure is."""
    parts = (figure.caption or figure.alt, figure.credit, issue_name(figure), figure.document)
    sentences = [part.strip().rstrip(".") for part in parts if part and part.strip()]
    return ". ".join(dict.fromkeys(sentences)) + "."
