"""The output of a command, and the option `--json` that decides how it is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from explorer.cli import render
from explorer.cli.options import declare_parameters

JSON_OPTION = Parameter(
    "json",
    Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[
        bool, typer.Option("--json", help="Print JSON: one object per line for lists, one object otherwise.")
    ],
)


@dataclass(frozen=True, slots=True)
class Output:
    """The result of a command: for programs and for people. `with_json` prints one of the two.

    Attributes:
        records: The objects that `--json` prints, one per line. May be lazy.
        show: Prints the result for people.
        failure: Raised after the result is printed; it decides the exit code.
    """

    records: Iterable[Mapping[str, Any]]
    show: Callable[[], None]
    failure: Exception | None = None

    @classmethod
    def table(
        cls,
        records: Iterable[Mapping[str, Any]],
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
        *,
        empty: str,
    ) -> Output:
        """Return a list: a table for people, or the sentence `empty` if there is no row."""
        return cls(records, partial(render.print_table, columns, rows, empty=empty))

    @classmethod
    def sentences(cls, record: Mapping[str, Any], *sentences: str) -> Output:
        """Return one object: sentences for people, a line each."""
        return cls([record], partial(render.print_lines, sentences))

    @classmethod
    def fields(cls, record: Mapping[str, Any]) -> Output:
        """Return one object: a line per field for people."""
        return cls([record], partial(render.print_record, record))


def with_json(command: Callable[..., Output]) -> Callable[..., None]:
    """Add the option `--json` to a command, and print its output in the form that the option asks for."""
    declared = signature(command, eval_str=True)

    @wraps(command)
    def run(*, json: bool, **options: Any) -> None:  # noqa: ANN401  the values of all options
        output = command(**options)
        if json:
            render.print_json(output.records)
        else:
            output.show()
        if output.failure:
            raise output.failure

    declare_parameters(run, [*declared.parameters.values(), JSON_OPTION])
    return run
