"""The program `explorer`: the commands of all modules are registered on `app`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from explorer.cli.error_handling import CommandGroup

if TYPE_CHECKING:
    from explorer import Library

app = typer.Typer(
    name="explorer",
    cls=CommandGroup,
    help="Search the pictures in your archive: figures by words, by example and by caption.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def open_library(library: Path) -> Library:
    """Open a library. The package is imported here, because `explorer --help` must not wait for it."""
    from explorer import Library

    return Library.open(library)
