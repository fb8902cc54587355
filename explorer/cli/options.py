"""Options of several commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from explorer.cli.usage import check_date
from explorer.types import FILTERS, Filters, FilterSpec

if TYPE_CHECKING:
    from explorer.types import ServerLayout

Returned = TypeVar("Returned")

MAX_COUNT = 10**9  # beyond any library, and within what SQLite and Qdrant can count
DEFAULT_FOLDER = Path("library")

LibraryOption = Annotated[
    Path,
    typer.Option(
        "--library", envvar="EXPLORER_LIBRARY", help="The folder of the library.", show_default=True
    ),
]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, max=MAX_COUNT, help="Maximum number of results.")
]
OffsetOption = Annotated[
    int, typer.Option("--offset", min=0, max=MAX_COUNT, help="Number of results to skip.")
]
ShowAllOption = Annotated[bool, typer.Option("--all", help="Show weak hits as well.")]
PrecisionOption = Annotated[
    str | None,
    typer.Option(
        help="The precision of the encoder on the CPU: f32 or bf16. By default, a new index gets the fastest precision "
        "whose vectors are near those of f32, measured on the archive.",
        show_default=False,
    ),
]
RayOption = Annotated[
    str | None,
    typer.Option(
        "--ray",
        metavar="ADDRESS",
        help="Embed pictures on the Ray cluster at this address. local: on all cores of this machine.",
    ),
]
ShardsOption = Annotated[
    int | None, typer.Option(min=1, max=MAX_COUNT, help="On a server: number of shards of the index.")
]
ReplicasOption = Annotated[
    int | None, typer.Option(min=1, max=MAX_COUNT, help="On a server: number of copies of each shard.")
]
OnDiskOption = Annotated[
    bool | None,
    typer.Option("--on-disk/--in-memory", help="On a server: read full vectors from disk or from memory."),
]
QuantisationOption = Annotated[
    Literal["scalar", "binary", "none"] | None,
    typer.Option(help="On a server: search first with one byte (scalar) or one bit (binary) per number."),
]


def server_layout(
    shards: int | None,
    replicas: int | None,
    on_disk: bool | None,
    quantisation: Literal["scalar", "binary", "none"] | None,
) -> ServerLayout:
    """Return how a server should store the index. Options that are not used are left out."""
    layout: ServerLayout = {}
    if shards is not None:
        layout["shards"] = shards
    if replicas is not None:
        layout["replicas"] = replicas
    if on_disk is not None:
        layout["on_disk"] = on_disk
    if quantisation is not None:
        layout["quantisation"] = None if quantisation == "none" else quantisation
    return layout


def with_filters(*without: str) -> Callable[[Callable[..., Returned]], Callable[..., Returned]]:
    """Replace the parameter `filters` of a command by an option for each filter.

    Args:
        without: Names of filters that the command does not have.
    """
    specs = [spec for spec in FILTERS if spec.option and spec.name not in without]

    def decorate(command: Callable[..., Returned]) -> Callable[..., Returned]:
        parameters: list[Parameter] = []
        for parameter in signature(command, eval_str=True).parameters.values():
            parameters += map(_option, specs) if parameter.name == "filters" else [parameter]

        @wraps(command)
        def run(**options: Any) -> Returned:  # noqa: ANN401  the values of all options
            values = {spec.name: options.pop(spec.name) for spec in specs}
            return command(filters=Filters(**values), **options)

        declare_parameters(run, parameters)
        return run

    return decorate


def declare_parameters(command: Callable[..., object], parameters: Sequence[Parameter]) -> None:
    """Replace the parameters of a function that typer sees."""
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}


def _option(spec: FilterSpec) -> Parameter:
    """Return the option for a filter as a parameter."""
    bounds = {"min": 0, "max": MAX_COUNT} if spec.type is int else {}
    check = {"callback": check_date} if spec.is_date else {}
    option = typer.Option(str(spec.option), help=spec.help, **bounds, **check)  # type: ignore[arg-type]
    return Parameter(
        spec.name,
        Parameter.POSITIONAL_OR_KEYWORD,
        default=None,
        annotation=Annotated[spec.type | None, option],
    )
