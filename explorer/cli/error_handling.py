"""How a command ends: every problem in one sentence on stderr, with the exit code that goes with it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

import typer
from typer.core import TyperGroup

from explorer.cli.render import note
from explorer.cli.usage import WrongUsageError
from explorer.errors import ExplorerError

TOLD, WRONG_USAGE = 1, 2
INTERRUPTED = 130  # what shells expect of a program that Ctrl-C ended


class CommandGroup(TyperGroup):
    """The verbs of `explorer`, none of which ends in a traceback."""

    def main(self, args: Sequence[str] | None = None, *others: Any, **named: Any) -> Any:  # noqa: ANN401
        """Runs the command line, where there is somewhere to print to, and on words that are text."""
        given = sys.argv[1:] if args is None else list(args)
        _mend_stderr()
        if sys.stdout is None:  # `>&-`; and the next file that is opened would take its place
            note("explorer: The output is closed, so nothing can be told. Send it to a file or to /dev/null.")
            sys.exit(TOLD)
        foreign = next((it for it in given if not _is_text(it)), None)
        if foreign is not None:
            shown = foreign.encode(errors="surrogateescape" if _is_bytes(foreign) else "replace").decode(
                errors="backslashreplace"
            )
            note(f"explorer: '{shown}' is not UTF-8. Write it in UTF-8; a file of that name must be renamed.")
            sys.exit(TOLD)
        try:
            return super().main(args, *others, **named)
        except OSError as error:  # stderr itself
            _silence(sys.stderr)
            raise SystemExit(WRONG_USAGE) from error

    def make_context(self, *args: Any, **named: Any) -> Any:  # noqa: ANN401  typer's own type moves between its versions
        """Parses the words; `--help` is printed here."""
        with _told():
            return super().make_context(*args, **named)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401
        """Runs the verb; what was printed is out before it ends, for only here a closed pipe can be told."""
        with _told():
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong becomes a sentence and an exit code."""
    try:
        yield
    except WrongUsageError as error:
        note(f"explorer: {error}")
        raise typer.Exit(WRONG_USAGE) from error
    except ExplorerError as error:
        note(f"explorer: {error}")
        raise typer.Exit(TOLD) from error
    except KeyboardInterrupt as error:
        note("explorer: stopped. What was done is kept; the same command goes on from there.")
        raise typer.Exit(INTERRUPTED) from error
    except BrokenPipeError as error:
        # `explorer figures | head` has read enough; the interpreter flushes once more when it ends.
        _silence(sys.stdout)
        raise typer.Exit(0) from error
    except UnicodeError as error:
        note(f"explorer: {_unwritten(error)}")
        raise typer.Exit(TOLD) from error
    except OSError as error:
        note(f"explorer: {_failed(error)}")
        raise typer.Exit(TOLD) from error


def _unwritten(error: UnicodeError) -> str:
    encoding = sys.stdout.encoding or "ascii"
    if isinstance(error, UnicodeEncodeError) and not encoding.lower().startswith("utf"):
        return (
            f"The output holds letters that {encoding} does not have. Set the variable PYTHONIOENCODING=utf-8"
        )
    return f"This is no text in UTF-8: {error}."


def _failed(error: OSError) -> str:
    """What to say of a file, or of the output, which has no name, when it cannot be written."""
    if error.filename:
        return f"{error.filename}: {error.strerror or error}."
    _silence(sys.stdout)
    return f"The output cannot be written: {error.strerror or error}. Free some room, or send it elsewhere."


def _silence(stream: TextIO) -> None:
    """What is still waiting to be written goes nowhere: the interpreter tries once more when it ends."""
    with suppress(OSError, ValueError):  # the stream of a test has no number
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _mend_stderr() -> None:
    """What is told can be told, in whatever encoding; where stderr is closed, to nobody."""
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  until the process ends
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _is_text(word: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in word)


def _is_bytes(word: str) -> bool:
    """Whether the shell handed on bytes that are no UTF-8, and no more than that."""
    return all("\udc80" <= letter <= "\udcff" or _is_text(letter) for letter in word)
