"""The command line: parses arguments, calls the library, prints. Nothing below it prints or exits."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from explorer.system.memory import share_one_heap

if TYPE_CHECKING:
    from typer import Typer

COMMAND_MODULES = (
    "ingest",
    "sync",
    "search",
    "browse",
    "status",
    "app",
    "adapt",
    "audit",
    "collections",
    "correct",
    "encoders",
    "evaluation",
    "formats",
    "history",
    "illustrate",
    "maintenance",
    "map",
    "saved",
    "servers",
    "stores",
)
"""The modules with commands, in the order of `explorer --help`."""


def main() -> None:
    """Run `explorer` and exit. The exit code is 0 for success, 1 for an error and 2 for wrong usage."""
    share_one_heap()
    command_line()()


def command_line() -> Typer:
    """Return the program `explorer` with all its commands."""
    from explorer.cli.application import app

    for name in COMMAND_MODULES:
        import_module(f"explorer.cli.{name}")  # the import registers its commands on `app`
    return app
