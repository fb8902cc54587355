"""What people read: aligned columns that command no terminal, one sentence when something is wrong, and exit codes."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from library.made_archive import drawn, png
from typer.testing import CliRunner

from explorer.cli import command_line

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "import sys; from explorer.cli import main; sys.exit(main())"]
NASTY = "A \x1b[31mred\x1b[0m caption\nof two lines\x07 \u202eand a trick"


@pytest.fixture
def explorer(library_folder):
    """Runs the command on the made library; gives what it printed."""

    def explorer(*arguments, library=library_folder, code=0):
        run = CliRunner().invoke(command_line(), [*map(str, arguments), "--library", str(library)])
        assert run.exit_code == code, run.stderr
        return run.stdout if code == 0 else run.stderr

    return explorer


def start(*arguments, **options):
    """The real command in a process of its own."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)], cwd=ROOT, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **options,
    )  # fmt: skip


# --- what is shown --------------------------------------------------------------------------------------


def test_columns_are_aligned(explorer):
    head, *rows = explorer("issues").splitlines()

    assert head.split() == ["#", "date", "title", "items", "figures", "document"]
    at = head.index("title")
    assert [row[at:].split("  ")[0] for row in rows] == [
        "Boats and pumps",
        "Issue #1: The kitchen garden",
        "Issue #3: The night sky",
    ]
    assert len({row.index("2024-02") if "2024-02-20" in row else head.index("date") for row in rows}) == 1


def test_a_list_of_figures_shows_what_each_is(explorer, library):
    told = explorer("figures")

    for figure in library.browse.figures():
        assert figure.id[:8] in told
        assert figure.label.split()[0] in told


def test_names_and_values_are_aligned(explorer):
    lines = explorer("status").splitlines()

    width = max(len(line.split("  ")[0]) for line in lines)
    assert all(line[: width + 2].endswith("  ") or line.startswith(" ") for line in lines)


@pytest.fixture
def nasty(own_folder):
    """A library with a caption that means harm to terminals."""
    with closing(sqlite3.connect(own_folder / "catalog.sqlite")) as database, database:
        database.execute("UPDATE figure SET caption = ? WHERE image = 'images/boat.png'", (NASTY,))
        database.execute("UPDATE problem SET reason = ?", (NASTY,))
        (id,) = database.execute("SELECT id FROM figure WHERE image = 'images/boat.png'").fetchone()
    return own_folder, id


@pytest.mark.parametrize("verb", ["figures", "show", "problems", "search"])
def test_a_caption_commands_no_terminal(explorer, nasty, verb):
    folder, id = nasty
    arguments = {"show": [id], "search": ["sailing boat", "--explain", "--all"]}.get(verb, [])

    told = explorer(verb, *arguments, library=folder)

    assert "caption" in told
    assert [letter for letter in told if not letter.isprintable() and letter != "\n"] == []


def test_lines_of_a_value_stand_under_each_other(explorer, nasty):
    folder, id = nasty
    lines = explorer("show", id, library=folder).splitlines()

    first = next(n for n, line in enumerate(lines) if line.startswith("caption"))
    assert lines[first + 1].startswith(" " * lines[first].index("A "))
    assert lines[first + 1].split()[0] == "of"


def test_a_search_names_the_best_and_hides_the_weak(explorer):
    told = explorer("search", "sailing boat").splitlines()

    assert re.match(
        r"1\s+strong\s+A sailing boat crossing the harbour\s+images/boat.png \(2024-02-20\)", told[1].strip()
    )
    assert re.fullmatch(r"\d+ weaker hits are not shown: --all", told[-1])
    # A heading and eleven pictures, one of which is also in another issue.
    assert len(explorer("search", "sailing boat", "--all").splitlines()) == 12


def test_a_search_explains_itself(explorer):
    told = explorer("search", "ripe tomatoes", "--explain")

    assert re.search(r"sentence #1 0\.\d\d \(\+\d+\.\d sd\)", told)
    assert "matching words:" in told


def test_nonsense_is_answered_honestly(explorer):
    assert explorer("search", "purple quantum bureaucracy invoice") == (
        "Nothing in this library matches well. To show the 11 nearest anyway: --all\n"
    )


def test_an_ingest_ends_with_what_to_do_next(explorer, own_folder, made_archive):
    told = explorer("ingest", made_archive, library=own_folder)

    assert re.search(r"^figures +12 showing 7 pictures$", told, re.M)
    assert re.search(r"^missing +2 pictures are not in the archive$", told, re.M)
    assert f"explorer app --library {own_folder}" in told


def test_problems_end_with_the_whole_count(explorer):
    assert explorer("problems").splitlines()[-1] == (
        "13 pictures and captions seen: 8 kept, 1 left out, 2 missing, 1 remote, 1 unreadable."
    )


@pytest.mark.parametrize(
    ("verb", "sentence"),
    [
        (["issues", "--number", "77"], "No issues."),
        (["figures", "--text", "nope"], "No figures."),
        (["items", "--number", "77"], "No items."),
    ],
    ids=lambda it: it[0] if isinstance(it, list) else None,
)
def test_an_empty_list_is_a_sentence(explorer, verb, sentence):
    assert explorer(*verb) == f"{sentence}\n"


def test_models_are_listed_with_what_is_here():
    run = CliRunner().invoke(command_line(), ["models"])

    assert re.search(r"^lite +pictures +yes ", run.stdout, re.M)


# --- what is wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["ingest", "/no/such/archive"], "/no/such/archive does not exist. Give the path", id="missing archive"),
        pytest.param(["search", "--image", "/no/such.png"], "/no/such.png: cannot be read", id="missing picture"),
        pytest.param(["search", "--image", "IMAGE", "--box", "0,0,999,9"], "is not inside the picture of 160 x 120", id="box"),
        pytest.param(["search", "a", "--box", "0,0,9,9"], "Give the picture as well", id="box of nothing"),
        pytest.param(["search", "--like", "nobody"], "no figure or item 'nobody'", id="unknown like"),
        pytest.param(["show", "nobody"], "no figure or item 'nobody'", id="unknown id"),
        pytest.param(["search", "--from", "/no/such.jsonl"], "/no/such.jsonl cannot be read", id="missing queries"),
    ],
)  # fmt: skip
def test_a_problem_is_one_sentence_and_exit_code_1(explorer, own_folder, tmp_path, arguments, told):
    (tmp_path / "picture.png").write_bytes(png(drawn("boat")))
    arguments = [str(tmp_path / "picture.png") if it == "IMAGE" else it for it in arguments]

    said = explorer(*arguments, library=own_folder, code=1)

    assert told in said
    assert said.startswith("explorer: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["search"], "The query is empty", id="nothing asked"),
        pytest.param(["search", "a", "--after", "May"], "'May' is not a date", id="bad date"),
        pytest.param(["figures", "--before", "May"], "'May' is not a date", id="bad date of a list"),
        pytest.param(["search", "--image", "IMAGE", "--box", "1,2,3"], "'1,2,3' is not a box. Write left,top", id="no box"),
    ],
)  # fmt: skip
def test_wrong_usage_that_only_we_know_is_one_sentence_and_exit_code_2(explorer, arguments, told):
    said = explorer(*arguments, code=2)

    assert told in said
    assert said.startswith("explorer: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("verb", ["search x", "show x", "figures", "items", "issues", "problems", "status"])
def test_a_library_that_is_not_there_is_told_by_every_verb(explorer, tmp_path, verb):
    said = explorer(*verb.split(), library=tmp_path / "nowhere", code=1)

    assert said == (
        f"explorer: There is no library at {tmp_path / 'nowhere'}. "
        f"Make one: explorer ingest ARCHIVE --library {tmp_path / 'nowhere'}\n"
    )


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '"words"', '{"query": 5}', '{"query": ["a"]}', '{"image": 5}', '{"image": "a.png", "box": [1, 2]}',
     '{"image": "a.png", "box": "abcd"}', '{"image": "a.png", "box": 7}'],
)  # fmt: skip
def test_a_bad_line_of_a_query_file_is_named(library_folder, tmp_path, line):
    (tmp_path / "queries.jsonl").write_text('{"query": "boat"}\n\n' + line + "\n")

    run = CliRunner().invoke(
        command_line(),
        ["search", "--from", str(tmp_path / "queries.jsonl"), "--library", str(library_folder)],
    )

    assert run.exit_code == 1
    assert "queries.jsonl, line 3 is not a query" in run.stderr
    assert len(run.stdout.splitlines()) == 1  # what stood before it is answered


def test_a_query_file_that_is_no_text_is_told(explorer, tmp_path):
    (tmp_path / "queries.jsonl").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in explorer("search", "--from", tmp_path / "queries.jsonl", code=1)


@pytest.mark.parametrize(
    "arguments",
    [["fly"], ["search", "--limit", "0"], ["figures", "--order", "size"], ["ingest"], ["search", "--kind", "dog", "a"],
     ["figures", "--nonsense"], ["figures", "--number", "x"], ["figures", "--number", "9" * 30], ["items", "--limit", "9" * 30]],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_that_the_parser_knows_is_exit_code_2(arguments):
    run = CliRunner().invoke(command_line(), arguments)

    assert run.exit_code == 2
    assert run.stdout == ""
    assert "Usage:" in run.stderr or "Missing" in run.stderr


# --- the real process -----------------------------------------------------------------------------------


def test_an_error_in_the_real_process_has_no_traceback(tmp_path):
    process = start("status", "--library", tmp_path / "nowhere")
    out, told = process.communicate(timeout=60)

    assert (process.returncode, out) == (1, "")
    assert told.startswith("explorer: There is no library at")
    assert told.count("\n") == 1


def test_a_listing_loads_no_model_no_engine_and_no_app(library_folder):
    script = (
        "import sys; from explorer.cli import main; sys.argv = ['explorer', *sys.argv[1:]]\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'torch', 'streamlit', 'qdrant_client', 'qdrant_edge', 'open_clip', 'timm', 'transformers'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr)\n"
    )
    for arguments in (["--help"], ["figures", "--library", str(library_folder)]):
        run = subprocess.run(
            [sys.executable, "-c", script, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert run.returncode == 0, run.stderr
        assert run.stderr == "[]\n", arguments
        assert run.stdout


def test_a_pipe_that_has_read_enough_ends_quietly(own_folder):
    with closing(sqlite3.connect(own_folder / "catalog.sqlite")) as database, database:
        (columns,) = database.execute(
            "SELECT group_concat(name) FROM pragma_table_info('figure') WHERE name != 'id'"
        ).fetchone()
        for n in range(600):  # more than a pipe holds
            database.execute(
                f"INSERT INTO figure (id, {columns}) SELECT ?, {columns} FROM figure LIMIT 1", (f"copy-{n}",)
            )
    for output in (["--json"], []):
        process = start("figures", "--library", own_folder, *output)
        assert process.stdout.readline()
        process.stdout.close()

        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == ""
        process.stderr.close()


def test_an_ingest_in_a_pipe_shows_no_progress(own_folder, made_archive):
    process = start("ingest", made_archive, "--library", own_folder, "--json")
    out, told = process.communicate(timeout=120)

    assert (process.returncode, told) == (0, "")
    assert out.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_ctrl_c_is_answered_with_a_sentence(tmp_path, made_archive):
    for n in range(400):  # enough to be busy with when the signal comes
        (tmp_path / "many").mkdir(exist_ok=True)
        (tmp_path / "many" / f"{n}.md").write_text(
            f"# Issue {n}\n\n" + "\n\n".join(f"![Picture {n} {k}](x.png)" for k in range(40))
        )
    # A shell starts its background jobs deaf to Ctrl-C, and so whatever they start: this one shall hear it.
    deaf = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = start("ingest", tmp_path / "many", "--library", tmp_path / "library", "--encoder", "lite")
    signal.signal(signal.SIGINT, deaf)
    deadline = time.monotonic() + 60
    while not (tmp_path / "library" / "ingest.lock").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    try:
        _, told = process.communicate(timeout=60)
    finally:
        process.kill()

    assert process.returncode == 130, told
    assert told == "explorer: stopped. Finished work is kept; run the same command again to continue.\n"


# --- a line that is more than words ---------------------------------------------------------------------


@pytest.fixture
def asked(library_folder):
    """Runs a search on the made library; gives its stdout and stderr."""

    def asked(*arguments):
        run = CliRunner().invoke(
            command_line(), ["search", *map(str, arguments), "--library", str(library_folder)]
        )
        assert run.exit_code == 0, run.stderr
        return run.stdout, run.stderr

    return asked


def test_a_line_is_shown_as_it_was_understood(asked, tmp_path):
    (tmp_path / "my rain.png").write_bytes(png(drawn("rain")))

    hits, told = asked("amount per month", "+", tmp_path / "my rain.png", "-", "tomatoes", "before:2024")

    assert told == (
        'looking for "amount per month", like my rain.png, without "tomatoes", in issues up to 2024\n'
    )
    assert "Rainfall per month" in hits.splitlines()[1]
    assert "Ripe tomatoes" not in asked("tomatoes", "-", "tomatoes", "--all")[0]


def test_plain_words_are_not_repeated(asked):
    assert asked("sailing boat")[1] == ""


def test_a_slip_of_the_pen_is_forgiven_and_may_be_meant(asked):
    hits, told = asked("rianfall")

    assert told == "Also showing results for rainfall. To search only for what you wrote: --exact\n"
    assert "Rainfall per month" in hits.splitlines()[1]
    assert asked("rianfall", "--exact")[1] == ""


def test_an_option_wins_over_the_line(asked):
    assert "2024-02-20" not in asked("tomatoes", "issue:2", "--number", "1", "--all")[0]
    assert "2024-02-20" in asked("tomatoes", "issue:2", "--all")[0]


def test_a_search_explains_its_line(explorer):
    told = CliRunner().invoke(command_line(), ["search", "--help"]).stdout

    for written in ('"red bridge" +night - photo', "+ ./sketch.png", "id:1a2b3c4d", "2:map", "after:2022-01"):
        assert written in told


# --- latency ------------------------------------------------------------------------------------------------


def test_a_search_under_a_budget_explains_what_it_left_out(own_folder):
    def told(*arguments):
        done = CliRunner().invoke(command_line(), [*arguments, "--library", str(own_folder)])
        assert done.exit_code == 0
        return done

    told("search", "sailing boat")
    explained = told("search", "sailing boat", "--budget-ms", "1", "--explain")

    assert "Left out to stay within the budget: " in explained.stderr
    assert "Left out" not in told("search", "sailing boat", "--budget-ms", "60000", "--explain").stderr
    assert "Left out" not in told("search", "sailing boat", "--budget-ms", "1").stderr
    assert "the last 4: p50 " in told("status").stdout
    assert "  terms: p50 " in told("status").stdout
