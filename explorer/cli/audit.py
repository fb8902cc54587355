"""The command `audit`: finds weak captions and alt texts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import DEFAULT_FOLDER, LibraryOption
from explorer.cli.output import Output, with_json

if TYPE_CHECKING:
    from explorer.types import Audit, FigureRecord, Misplaced

MAX_SHOWN = 20  # figures of each list


@app.command(name="audit")
@with_json
def audit_command(folder: LibraryOption = DEFAULT_FOLDER) -> Output:
    """Find captions and alt texts that need attention.

    These are captions without information or at the wrong picture, and alt texts that are missing or without
    information.
    """
    with open_library(folder) as library:
        audit = library.editing.audit()
    return Output([_audit_json(audit)], partial(_print_audit, audit))


def _audit_json(audit: Audit) -> dict[str, Any]:
    """Return the counts and the figures of each list."""
    lists = _figure_lists(audit)
    return {
        "figures": audit.figures,
        "compared": audit.compared,
        "counts": {
            "misplaced": len(audit.misplaced),
            **{name: len(figures) for name, figures in lists.items()},
            "same_alt": len(audit.same_alt),
        },
        "misplaced": [_misplaced_json(caption) for caption in audit.misplaced],
        **{name: [_figure_json(figure) for figure in figures] for name, figures in lists.items()},
        "same_alt": [[_figure_json(figure) for figure in group] for group in audit.same_alt],
    }


def _figure_lists(audit: Audit) -> dict[str, tuple[FigureRecord, ...]]:
    return {
        "says_nothing": audit.says_nothing,
        "only_credit": audit.only_credit,
        "no_alt": audit.no_alt,
        "alt_says_nothing": audit.alt_says_nothing,
    }


def _misplaced_json(misplaced: Misplaced) -> dict[str, Any]:
    evidence = {
        fit.by: {"own": round(fit.own, 2), "other": round(fit.other, 2)} for fit in misplaced.evidence
    }
    return {**_figure_json(misplaced.figure), "fits": _figure_json(misplaced.other), "evidence": evidence}


def _figure_json(figure: FigureRecord) -> dict[str, Any]:
    names = ("id", "document", "image", "caption", "alt", "credit")
    return {name: getattr(figure, name) for name in names}


def _print_audit(audit: Audit) -> None:
    titles = {
        "says_nothing": "captions without information",
        "only_credit": "figures with a credit but no caption",
        "no_alt": "figures without alt text",
        "alt_says_nothing": "alt texts without information",
    }
    print(f"{audit.figures} figures; {audit.compared} captions compared with the pictures of their issue.")
    _print_misplaced(audit)
    for name, figures in _figure_lists(audit).items():
        _print_list(f"{len(figures)} {titles[name]}", figures)
    figures_with_same_alt = [figure for group in audit.same_alt for figure in group]
    _print_list(f"{len(audit.same_alt)} alt texts are used by different pictures", figures_with_same_alt)


def _print_misplaced(audit: Audit) -> None:
    print(f"\n{len(audit.misplaced)} captions fit another picture of their issue clearly better")
    rows = [
        (
            misplaced.figure.id[:8],
            misplaced.figure.caption,
            misplaced.figure.image,
            misplaced.other.image,
            _evidence(misplaced),
        )
        for misplaced in audit.misplaced
    ]
    if rows:
        render.print_table(("id", "caption", "picture", "fits better", "why"), rows, empty="")


def _evidence(misplaced: Misplaced) -> str:
    return ", ".join(
        f"by {fit.by} {fit.own:+.1f} sd here, {fit.other:+.1f} sd there" for fit in misplaced.evidence
    )


def _print_list(title: str, figures: tuple[FigureRecord, ...] | list[FigureRecord]) -> None:
    print(f"\n{title}")
    rows = [
        (figure.id[:8], figure.image or "", figure.caption or "", figure.alt or "", figure.document)
        for figure in figures[:MAX_SHOWN]
    ]
    if rows:
        render.print_table(("id", "image", "caption", "alt", "document"), rows, empty="")
    if len(figures) > MAX_SHOWN:
        print(f"and {len(figures) - MAX_SHOWN} more. The whole list: --json")
