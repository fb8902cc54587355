"""How a command ends: every problem in one sentence on stderr, with the exit code that goes with it."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from explorer.cli.output import plain
from explorer.errors import ExplorerError

INTERRUPTED = 130  # what shells expect of a program that Ctrl-C ended


class Verbs(TyperGroup):
    """The verbs of `explorer`, none of which ends in a traceback."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  typer's own type moves between its versions
        """Runs the verb; what was printed is out before it ends, for only here a closed pipe can be told."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except ExplorerError as error:
            print(f"explorer: {plain(error)}", file=sys.stderr)
            raise typer.Exit(1) from error
        except KeyboardInterrupt as error:
            print(
                "explorer: stopped. What was done is kept; the same command goes on from there.",
                file=sys.stderr,
            )
            raise typer.Exit(INTERRUPTED) from error
        except BrokenPipeError as error:
            # `explorer figures | head` has read enough; the interpreter flushes once more when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from error
        return result
