"""What programs read: the keys of every --json shape, in order, one object a line and nothing else on stdout."""

import json

import pytest
from library.made_archive import drawn, png, write_second_version
from typer.testing import CliRunner

from explorer.cli import command_line
from explorer.library.library import Library

FIGURE = {
    "id": str, "issue_id": str, "document": str, "order": int, "image": str, "sha256": str, "status": str,
    "caption": str, "alt": str, "credit": str, "heading": str, "width": int, "height": int, "picture_kind": str,
}  # fmt: skip
ITEM = {"id": str, "issue_id": str, "document": str, "order": int, "number": int, "heading": str, "text": str}
ISSUE = {
    "id": str, "document": str, "title": str, "number": int, "date": str, "author": str, "items": int, "figures": int,
}  # fmt: skip
HIT = {
    "rank": int, "kind": str, "id": str, "document": str, "image": str, "sha256": str, "group": str, "caption": str,
    "heading": str, "score": float, "confidence": str, "copies": int,
    "also_in": list, "why": dict,
}  # fmt: skip
REPORT = [
    "issues",
    "items",
    "figures",
    "pictures",
    "left_out",
    "missing",
    "problems",
    "encoder",
    "generation",
    "seconds",
]


@pytest.fixture
def explorer(library_folder):
    """Runs the command on the made library; gives the objects of its stdout."""

    def explorer(*arguments, library=library_folder, code=0):
        run = CliRunner().invoke(command_line(), [*map(str, arguments), "--library", str(library), "--json"])
        assert run.exit_code == code, run.stderr
        assert run.stderr == ""
        return [json.loads(line) for line in run.stdout.splitlines()]

    return explorer


def check(row, shape, nullable=()):
    assert list(row) == list(shape)
    for key, kind in shape.items():
        if row[key] is None:
            assert key in nullable, f"{key} is null"
        else:
            assert type(row[key]) is kind, f"{key} is {row[key]!r}"


def test_figures(explorer, library):
    rows = explorer("figures")

    for row in rows:
        check(
            row,
            FIGURE,
            {"image", "sha256", "caption", "alt", "credit", "heading", "width", "height", "picture_kind"},
        )
        assert row["status"] in {"kept", "missing", "remote", "unreadable"}
        assert (row["sha256"] is not None) == (row["status"] == "kept")
    assert [row["id"] for row in rows] == [figure.id for figure in library.browse.figures()]
    assert {row["image"] for row in rows} >= {"images/boat.png", "https://pictures.example/remote.png", None}


def test_items(explorer, library):
    rows = explorer("items")

    for row in rows:
        check(row, ITEM, {"number", "heading"})
    assert len(rows) == len(library.browse.items())


def test_issues(explorer):
    rows = explorer("issues")

    for row in rows:
        check(row, ISSUE, {"number", "date", "author", "title"})
    assert [(row["number"], row["date"], row["figures"]) for row in rows] == [
        (2, "2024-02-20", 5), (1, "2024-01-15", 6), (3, "2023-11", 1),
    ]  # fmt: skip


def test_search(explorer):
    rows = explorer("search", "sailing", "boat", "--kind", "any", "--explain")

    for n, row in enumerate(rows, 1):
        check(row, HIT, {"image", "sha256", "group", "caption", "heading"})
        assert row["rank"] == n
        assert row["confidence"] in {"strong", "maybe", "weak"}
        for leg, reason in row["why"].items():
            assert leg in {"picture", "visual", "clip_text", "sentence", "ocr", "context", "terms"}
            check(reason, {"rank": int, "similarity": float})
    assert (rows[0]["kind"], rows[0]["image"]) == ("figure", "images/boat.png")
    assert {row["kind"] for row in rows} == {"figure", "item"}


def test_search_by_picture_box_and_likes(explorer, library, tmp_path):
    (tmp_path / "boat.png").write_bytes(png(drawn("boat")))
    boat = explorer("search", "--image", tmp_path / "boat.png", "--limit", 1)[0]
    part = explorer("search", "--image", tmp_path / "boat.png", "--box", "10,5,150,118", "--limit", 1)[0]
    tomatoes = [one.id for one in library.browse.figures() if one.image == "images/tomatoes.png"]
    liked = explorer("search", "--like", tomatoes[0], "--unlike", boat["id"], "--limit", 1)[0]

    assert boat["image"] == part["image"] == "images/boat.png"
    assert liked["id"] == tomatoes[1]


def test_many_queries_of_a_file(explorer, tmp_path):
    (tmp_path / "boat.png").write_bytes(png(drawn("boat")))
    queries = [
        {"id": "a", "query": "XR-7742"}, {"query": "honey"}, {"id": 7, "image": "boat.png"},
        {"id": "box", "image": str(tmp_path / "boat.png"), "box": [10, 5, 150, 118]},
        {"id": "both", "query": "boat", "image": "boat.png", "unknown": 1},
    ]  # fmt: skip
    file = tmp_path / "queries.jsonl"
    file.write_text("\n".join(map(json.dumps, queries)) + "\n\n", encoding="utf-8")

    answers = explorer("search", "--from", file, "--limit", 3)

    assert [list(answer) for answer in answers] == [["id", "took_ms", "hits"]] * 5
    assert [answer["id"] for answer in answers] == ["a", "2", 7, "box", "both"]
    assert all(type(answer["took_ms"]) is float for answer in answers)
    assert [answer["hits"][0]["image"] for answer in answers] == [
        "images/pump.png", "images/hive.png", "images/boat.png", "images/boat.png", "images/boat.png",
    ]  # fmt: skip
    for hit in answers[0]["hits"]:
        check(hit, HIT, {"image", "sha256", "group", "caption", "heading"})
    assert all(len(answer["hits"]) == 3 for answer in answers)


def test_show(explorer, library):
    tomatoes = next(one for one in library.browse.figures() if one.image == "images/tomatoes.png")

    (told,) = explorer("show", tomatoes.id[:13])

    assert list(told)[:13] == list(FIGURE)[:13]
    assert told["picture_kind"] == tomatoes.picture_kind
    assert told["id"] == tomatoes.id
    assert told["picture"].endswith(tomatoes.sha256)
    assert told["also_in"] == ["2024-01-kitchen.html"]
    (item,) = explorer("show", library.browse.items()[0].id)
    assert list(item)[:5] == ["id", "issue_id", "document", "order", "number"]


def test_problems(explorer):
    rows = explorer("problems")

    assert {tuple(row) for row in rows} == {("kind", "document", "image", "reason", "line")}
    assert [row["kind"] for row in rows] == ["unreadable", "missing", "remote", "left out"]


def test_status(explorer, library_folder):
    (told,) = explorer("status")

    assert {key: told[key] for key in ("path", "encoder", "generation", "points")} == {
        "path": str(library_folder), "encoder": "lite", "generation": 1, "points": 24,
    }  # fmt: skip
    assert told["ledger"]["left_out"] == {"pictogram": 1}


def test_status_has_the_times_of_the_last_searches(explorer, own_folder):
    assert explorer("status", library=own_folder)[0]["search_ms"] == {}
    explorer("search", "sailing boat", library=own_folder)
    (own_folder / "queries.jsonl").write_text('{"query": "boat"}\n')
    explorer("search", "--from", own_folder / "queries.jsonl", library=own_folder)

    times = explorer("status", library=own_folder)[0]["search_ms"]

    assert list(times) == ["total", "encoding", "picture", "sentence", "context", "terms", "other"]
    assert times["total"]["searches"] == 2
    assert 0 < times["total"]["p50"] <= times["total"]["p95"]


def test_a_search_with_a_budget_names_what_it_left_out(explorer, own_folder):
    explorer("search", "sailing boat", library=own_folder)
    (own_folder / "queries.jsonl").write_text('{"query": "sailing boat"}\n')

    hits = explorer("search", "sailing boat", "--budget-ms", 1, library=own_folder)
    (answer,) = explorer(
        "search", "--from", own_folder / "queries.jsonl", "--budget-ms", 1, library=own_folder
    )
    unlimited = explorer("search", "sailing boat", library=own_folder)

    assert set(hits[0]) == {*unlimited[0], "omitted"}
    assert len(hits[0]["why"]) == 1
    assert len(answer["omitted"]) == len(hits[0]["omitted"]) == 3
    assert set(hits[0]["omitted"]) | set(hits[0]["why"]) == {"picture", "sentence", "context", "terms"}


def test_models(library_folder):
    run = CliRunner().invoke(command_line(), ["models", "--json"])
    rows = [json.loads(line) for line in run.stdout.splitlines()]

    assert run.exit_code == 0
    assert {tuple(row) for row in rows} == {
        ("name", "kind", "dim", "size_mb", "speed", "quality", "licence", "here", "precision")
    }
    assert next(row for row in rows if row["name"] == "lite")["here"] is True


def test_models_show_the_precision_of_the_indexes_of_a_library(library_folder):
    run = CliRunner().invoke(command_line(), ["models", "--library", str(library_folder), "--json"])
    precisions = {row["name"]: row["precision"] for row in map(json.loads, run.stdout.splitlines())}

    with Library.open(library_folder) as library:
        assert precisions["lite"] == library.status().precision
    assert precisions["ViT-L-14/datacomp_xl_s13b_b90k"] is None


def test_ingest(explorer, own_folder, made_archive):
    (report,) = explorer("ingest", made_archive, library=own_folder)

    assert [key for key in report if key in REPORT] == REPORT
    assert {key: report[key] for key in REPORT if key != "seconds"} == {
        "issues": 3, "items": 12, "figures": 12, "pictures": 7, "left_out": {"pictogram": 1}, "missing": 2,
        "problems": 1, "encoder": "lite", "generation": 1,
    }  # fmt: skip
    assert type(report["seconds"]) is float


def test_ingest_adds_another_archive(explorer, own_folder, tmp_path):
    (report,) = explorer("ingest", write_second_version(tmp_path / "archive"), library=own_folder)

    assert (report["generation"], report["issues"], report["pictures"]) == (2, 7, 10)


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--document", "2024-02-boats.md"], 5), (["--number", "1"], 6), (["--after", "2024-02"], 5), (["--before", "2023"], 1),
        (["--has-caption"], 6), (["--no-caption"], 6), (["--text", "100%"], 1), (["--limit", "4"], 4), (["--offset", "10"], 2),
        (["--limit", "4", "--offset", "10", "--order", "caption"], 2), (["--number", "77"], 0),
    ],
    ids=lambda it: " ".join(it) if isinstance(it, list) else None,
)  # fmt: skip
def test_figures_are_restricted(explorer, options, count):
    assert len(explorer("figures", *options)) == count


def test_lists_without_a_row_print_nothing(explorer):
    assert explorer("issues", "--number", "77") == []
    assert explorer("items", "--text", "no such word") == []


def test_the_library_may_be_named_by_the_environment(library_folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(library_folder))

    run = CliRunner().invoke(command_line(), ["issues", "--json"])

    assert len(run.stdout.splitlines()) == 3
