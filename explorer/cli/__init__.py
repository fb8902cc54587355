"""The command line: parses, calls the library, prints. Nothing below it prints or exits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.memory import one_heap

if TYPE_CHECKING:
    from typer import Typer


def main() -> None:
    """Runs `explorer` and exits. 0: done; 1: a problem that was told; 2: wrong usage."""
    one_heap()
    command_line()()


def command_line() -> Typer:
    """`explorer` with all its verbs."""
    # Their verbs are on `app` once they are imported.
    import explorer.cli.adapting
    import explorer.cli.auditing
    import explorer.cli.correcting
    import explorer.cli.encoding
    import explorer.cli.formats
    import explorer.cli.history
    import explorer.cli.illustrating
    import explorer.cli.measuring
    import explorer.cli.navigators
    import explorer.cli.scaling
    import explorer.cli.syncing
    import explorer.cli.upkeep  # noqa: F401
    from explorer.cli.commands import app

    return app
