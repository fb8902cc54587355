"""How a command ends: an error becomes one sentence on stderr and an exit code."""

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

FAILED, WRONG_USAGE = 1, 2
INTERRUPTED = 130  # what shells expect of a program that Ctrl-C ended


class CommandGroup(TyperGroup):
    """The commands of `explorer`. No error ends in a traceback."""

    def main(self, args: Sequence[str] | None = None, *others: Any, **named: Any) -> Any:  # noqa: ANN401
        """Run the command line and exit; with 1 if stdout is closed or an argument is not UTF-8."""
        _make_stderr_usable()
        problem = _start_problem(sys.argv[1:] if args is None else args)
        if problem:
            note(f"explorer: {problem}")
            sys.exit(FAILED)
        try:
            return super().main(args, *others, **named)
        except OSError as error:  # stderr itself
            _silence(sys.stderr)
            raise SystemExit(WRONG_USAGE) from error

    def make_context(self, *args: Any, **named: Any) -> Any:  # noqa: ANN401  typer's type differs by version
        """Parse the arguments. `--help` is printed here."""
        with _report_errors():
            return super().make_context(*args, **named)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401
        """Run the command and flush its output, because a closed pipe can be reported only here."""
        with _report_errors():
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result


@contextmanager
def _report_errors() -> Iterator[None]:
    """Turn an error into a sentence and an exit code."""
    try:
        yield
    except KeyboardInterrupt as error:
        note("explorer: stopped. Finished work is kept; run the same command again to continue.")
        raise typer.Exit(INTERRUPTED) from error
    except BrokenPipeError as error:
        # The reader, as in `explorer figures | head`, has closed the pipe. The interpreter flushes again at its end.
        _silence(sys.stdout)
        raise typer.Exit(0) from error
    except (ExplorerError, UnicodeError, OSError) as error:
        note(f"explorer: {_message(error)}")
        raise typer.Exit(WRONG_USAGE if isinstance(error, WrongUsageError) else FAILED) from error


def _message(error: Exception) -> str:
    """Return the sentence that describes an error."""
    if isinstance(error, UnicodeError):
        return _encoding_message(error)
    if isinstance(error, OSError):
        return _file_message(error)
    return str(error)


def _encoding_message(error: UnicodeError) -> str:
    """Return the message for text that cannot be encoded or decoded."""
    encoding = sys.stdout.encoding or "ascii"
    if isinstance(error, UnicodeEncodeError) and not encoding.lower().startswith("utf"):
        return f"The output contains characters that {encoding} cannot encode. Set PYTHONIOENCODING=utf-8"
    return f"The text is not valid UTF-8: {error}. Save it as UTF-8."


def _file_message(error: OSError) -> str:
    """Return the message for a file, or for the output, which has no name."""
    if error.filename:
        return f"{error.filename}: {error.strerror or error}."
    _silence(sys.stdout)
    return f"The output cannot be written: {error.strerror or error}. Free some space, or redirect it to another place."


def _silence(stream: TextIO) -> None:
    """Discard unwritten output, because the interpreter tries to write it once more when it ends."""
    with suppress(OSError, ValueError):  # the stream of a test has no file descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _make_stderr_usable() -> None:
    """Make stderr accept all characters. Replace a closed stderr with the null device."""
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  until the process ends
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _start_problem(arguments: Sequence[str]) -> str | None:
    """Return why no command can run: stdout is closed, or an argument is not UTF-8."""
    if sys.stdout is None:  # `>&-`: the next file that is opened would get its file descriptor
        return "Standard output is closed. Redirect it to a file or to /dev/null."
    argument = next((argument for argument in arguments if not _is_text(argument)), None)
    if argument is None:
        return None
    encoded = argument.encode(errors="surrogateescape" if _is_bytes(argument) else "replace")
    shown = encoded.decode(errors="backslashreplace")
    return f"'{shown}' is not UTF-8. Write it in UTF-8. If it is the name of a file, rename the file."


def _is_text(argument: str) -> bool:
    """Whether the argument contains no surrogate."""
    return not any("\ud800" <= letter <= "\udfff" for letter in argument)


def _is_bytes(argument: str) -> bool:
    """Whether all surrogates of the argument represent bytes that are not UTF-8."""
    return all("\udc80" <= letter <= "\udcff" or _is_text(letter) for letter in argument)
