"""The command line: parses, calls the library, prints. Nothing below it prints or exits."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from explorer.system.memory import share_one_heap

if TYPE_CHECKING:
    from typer import Typer

GROUPS = (
    "ingest",
    "sync",
    "search",
    "browse",
    "status",
    "app",
    "adapt",
    "audit",
    "correct",
    "encoders",
    "evaluation",
    "formats",
    "history",
    "illustrate",
    "maintenance",
    "saved",
    "servers",
)
"""The modules with commands."""


def main() -> None:
    """Runs `explorer` and exits. 0: done; 1: a problem that was told; 2: wrong usage."""
    share_one_heap()
    command_line()()


def command_line() -> Typer:
    """`explorer` with all its verbs."""
    from explorer.cli.application import app

    for name in GROUPS:
        import_module(f"explorer.cli.{name}")  # its commands are on `app` once it is imported
    return app
