"""`explorer stores`: the table, the sentence of advice, and JSON."""

import json

import pytest
from library.made_archive import drawn
from typer.testing import CliRunner

from explorer.cli import command_line
from explorer.index.vector_stores.listed_stores import STORES

COMPARED = {"numpy", "edge-int8", "edge-hnsw"}


@pytest.fixture
def explorer(own_folder, monkeypatch):
    """Runs the command on a library of the test's own, with a few stores: all of them take 20 s."""
    few = tuple(spec for spec in STORES if spec.name in COMPARED)
    monkeypatch.setattr("explorer.evaluate.stores.comparison.STORES", few)

    def run(*arguments, code=0):
        done = CliRunner().invoke(command_line(), [*map(str, arguments), "--library", str(own_folder)])
        assert done.exit_code == code, done.output
        return done.stdout if code == 0 else done.stderr

    return run


def test_the_stores_are_compared_with_what_was_searched_for(explorer):
    explorer("search", "sailing boat")
    explorer("search", "tomatoes")
    shown = explorer("stores")

    first, *_ = shown.splitlines()
    assert first.endswith("numbers (leg sentence), 2 different searches of the history")
    assert "Edge, int8 with rescoring (in use)" in shown
    assert "by row number only" in shown
    assert shown.splitlines()[-1].startswith("Keep Edge, int8 with rescoring: a search of")


def test_the_queries_of_a_file_are_used_instead(explorer, tmp_path):
    drawn("boat", (160, 120)).save(tmp_path / "boat.png")
    (tmp_path / "queries.jsonl").write_text('{"query": "sailing boat"}\n{"image": "boat.png"}\n')
    [line] = explorer("stores", "--queries", tmp_path / "queries.jsonl", "--json").splitlines()
    record = json.loads(line)

    assert list(record) == ["leg", "dim", "vectors", "queries", "source", "used", "stores", "advice"]
    assert (record["leg"], record["source"], record["queries"]) == ("regions", "given", 1)
    numpy, *others = record["stores"]
    assert list(numpy) == [
        "name", "label", "filters", "reason", "recall@10", "load_s", "open_s", "first_ms", "p50_ms", "p95_ms",
        "filtered_p50_ms", "filtered_recall", "disk_mb", "memory_mb", "load_peak_mb", "search_peak_mb",
    ]  # fmt: skip
    assert numpy["recall@10"]["value"] == 1.0
    assert (numpy["filters"], numpy["filtered_p50_ms"]) == (False, None)
    assert [(store["name"], store["filters"], store["filtered_recall"]) for store in others] == [
        ("edge-int8", True, 1.0),
        ("edge-hnsw", True, 1.0),
    ]


def test_a_file_without_queries_is_told(explorer, tmp_path):
    (tmp_path / "queries.jsonl").write_text('{"id": 1}\n')
    assert "has no queries" in explorer("stores", "--queries", tmp_path / "queries.jsonl", code=1)
    assert "cannot be read" in explorer("stores", "--queries", tmp_path / "none.jsonl", code=1)


def test_an_address_that_is_none_is_refused(explorer):
    assert "address" in explorer("stores", "--qdrant-url", "no address", code=1)
