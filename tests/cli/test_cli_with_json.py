"""`with_json`: the option that it adds to a command, and which half of an output it prints."""

from functools import partial

import pytest
import typer
from typer.testing import CliRunner

from explorer.cli import render
from explorer.cli.error_handling import CommandGroup
from explorer.cli.options import with_filters
from explorer.cli.output import Output, with_json
from explorer.errors import ExplorerError
from explorer.types import NO_FILTERS, Filters


def unused():
    pytest.fail("this half was not asked for")
    yield


def run(command, *arguments):
    app = typer.Typer(cls=CommandGroup, rich_markup_mode=None)
    app.command()(with_json(command))
    app.command("other")(lambda: None)  # a program of one command has no names of commands
    return CliRunner().invoke(app, [command.__name__, *arguments])


def greet(name: str = "you", *, loud: bool = False) -> Output:
    """Greet somebody."""
    return Output.sentences({"name": name, "loud": loud}, f"Hello {name}.", "Bye.\x1b")


def test_json_is_the_last_option_and_the_function_does_not_see_it():
    options = [
        line.split()[0] for line in run(greet, "--help").stdout.splitlines() if line.startswith("  --")
    ]

    assert options == ["--name", "--loud", "--json", "--help"]
    assert run(greet, "--name", "me", "--json").stdout == '{"name": "me", "loud": false}\n'
    assert run(greet, "--loud").stdout == "Hello you.\nBye. \n"


def test_only_what_is_asked_for_is_computed():
    def rows() -> Output:
        return Output.table(({"n": n} for n in (1, 2)), ("n",), unused(), empty="No rows.")

    def records() -> Output:
        return Output.table(unused(), ("n",), ([n] for n in (1, 2)), empty="No rows.")

    assert run(rows, "--json").stdout == '{"n": 1}\n{"n": 2}\n'
    assert run(records).stdout.split() == ["n", "1", "2"]


@pytest.mark.parametrize("option", [[], ["--json"]], ids=str)
@pytest.mark.parametrize(
    ("failure", "code", "message"),
    [(ExplorerError("That is too few."), 1, "explorer: That is too few.\n"), (typer.Exit(3), 3, "")],
)
def test_a_failure_follows_the_output(option, failure, code, message):
    def count() -> Output:
        return Output([{"count": 7}], partial(render.print_lines, ["7 of them"]), failure)

    ended = run(count, *option)

    assert "7" in ended.stdout
    assert (ended.exit_code, ended.stderr) == (code, message)


def test_records_are_printed_as_they_come_up_to_an_error():
    def answers():
        yield {"n": 1}
        raise ExplorerError("The second is missing.")

    def answer() -> Output:
        return Output(answers(), lambda: None)

    ended = run(answer, "--json")

    assert (ended.exit_code, ended.stdout) == (1, '{"n": 1}\n')
    assert ended.stderr == "explorer: The second is missing.\n"


def test_filters_and_json_go_together():
    @with_filters()
    def restricted(filters: Filters = NO_FILTERS) -> Output:
        return Output.fields({"number": filters.number})

    assert run(restricted, "--number", "7", "--json").stdout == '{"number": 7}\n'
    assert run(restricted, "--number", "7").stdout == "number  7\n"
