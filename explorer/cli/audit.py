"""The verb that looks through captions and alt texts: audit."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from explorer.cli import render
from explorer.cli.application import app
from explorer.cli.options import HOME, LibraryOption
from explorer.cli.output import Output, with_json

if TYPE_CHECKING:
    from explorer.types import Audit, FigureRecord, Misplaced

SHOWN = 20


@app.command(name="audit")
@with_json
def audit_command(library: LibraryOption = HOME) -> Output:
    """Find captions that say nothing or stand at another picture, and alt texts that are missing or no help."""
    from explorer import Library

    with Library.open(library) as opened:
        found = opened.editing.audit()
    return Output([_audit_json(found)], partial(_print_audit, found))


def _audit_json(found: Audit) -> dict[str, Any]:
    """Counts, and the figures by their ids."""
    lists = _lists(found)
    return {
        "figures": found.figures,
        "compared": found.compared,
        "counts": {
            "misplaced": len(found.misplaced),
            **{name: len(figures) for name, figures in lists.items()},
            "same_alt": len(found.same_alt),
        },
        "misplaced": [_misplaced_json(one) for one in found.misplaced],
        **{name: [_figure_json(one) for one in figures] for name, figures in lists.items()},
        "same_alt": [[_figure_json(one) for one in sharing] for sharing in found.same_alt],
    }


def _lists(found: Audit) -> dict[str, tuple[FigureRecord, ...]]:
    return {
        "says_nothing": found.says_nothing,
        "only_credit": found.only_credit,
        "no_alt": found.no_alt,
        "alt_says_nothing": found.alt_says_nothing,
    }


def _misplaced_json(one: Misplaced) -> dict[str, Any]:
    evidence = {fit.by: {"own": round(fit.own, 2), "other": round(fit.other, 2)} for fit in one.evidence}
    return {**_figure_json(one.figure), "fits": _figure_json(one.other), "evidence": evidence}


def _figure_json(figure: FigureRecord) -> dict[str, Any]:
    names = ("id", "document", "image", "caption", "alt", "credit")
    return {name: getattr(figure, name) for name in names}


def _print_audit(found: Audit) -> None:
    titles = {
        "says_nothing": "captions that say nothing",
        "only_credit": "figures that have a credit and no caption",
        "no_alt": "figures without alt text",
        "alt_says_nothing": "alt texts that say nothing",
    }
    print(f"{found.figures} figures; {found.compared} captions compared with the pictures of their issue.")
    _print_misplaced(found)
    for name, figures in _lists(found).items():
        _print_list(f"{len(figures)} {titles[name]}", figures)
    shared = [one for sharing in found.same_alt for one in sharing]
    _print_list(f"{len(found.same_alt)} alt texts stand at different pictures", shared)


def _print_misplaced(found: Audit) -> None:
    print(f"\n{len(found.misplaced)} captions fit another picture of their issue clearly better")
    rows = [
        (one.figure.id[:8], one.figure.caption, one.figure.image, one.other.image, _told(one))
        for one in found.misplaced
    ]
    if rows:
        render.print_table(("id", "caption", "stands at", "fits", "why"), rows, empty="")


def _told(one: Misplaced) -> str:
    return ", ".join(f"by {fit.by} {fit.own:+.1f} sd here, {fit.other:+.1f} sd there" for fit in one.evidence)


def _print_list(title: str, figures: tuple[FigureRecord, ...] | list[FigureRecord]) -> None:
    print(f"\n{title}")
    rows = [
        (one.id[:8], one.image or "", one.caption or "", one.alt or "", one.document)
        for one in figures[:SHOWN]
    ]
    if rows:
        render.print_table(("id", "image", "caption", "alt", "document"), rows, empty="")
    if len(figures) > SHOWN:
        print(f"and {len(figures) - SHOWN} more: --json")
