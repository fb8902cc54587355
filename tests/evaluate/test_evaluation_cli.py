"""eval, selftest and compare, from the command line to the numbers, on the made library."""

import json
from contextlib import closing

import pytest
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import drawn, png
from PIL import Image
from typer.testing import CliRunner

from explorer.cli import command_line
from explorer.evaluate import history
from explorer.evaluate.metrics import Ranking
from explorer.index import open_store
from explorer.library.library import Library

METRICS = ["queries", "recall@1", "recall@5", "recall@10", "mrr", "ndcg@10"]
QUESTIONS = [
    {"query": "a sailing boat in the harbour", "relevant": ["images/boat.png"], "kind": "photo"},
    {"query": "XR-7742", "relevant": ["images/pump.png"], "kind": "plot"},
    {"query": "quantum entanglement of neutrinos", "relevant": []},
    {"query": "something else", "relevant": ["images/none.png"]},
    {
        "image": "images/boat.png", "operation": "crop", "relevant": ["images/boat.png"],
        "parameters": {"box": [10, 5, 150, 115], "save": "PNG"},
    },
    {"image": "mine.png", "relevant": ["images/rain.png"], "kind": "photograph"},
    {"image": "nowhere.png", "relevant": ["images/rain.png"]},
]  # fmt: skip


def run(*arguments, code=0):
    done = CliRunner().invoke(command_line(), [*map(str, arguments)])
    assert done.exit_code == code, done.stderr
    return done


def told(*arguments):
    return json.loads(run(*arguments, "--json").stdout)


@pytest.fixture
def questions(tmp_path):
    (tmp_path / "mine.png").write_bytes(png(drawn("rain", (120, 90))))
    return written(tmp_path / "questions.jsonl", *QUESTIONS)


def written(file, *lines):
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n")
    return file


# --- eval -----------------------------------------------------------------------------------------------


def test_words_and_pictures_are_marked_apart_and_by_kind(questions, library_folder):
    done = told("eval", questions, "--library", library_folder)

    assert list(done) == [
        "encoder", "generation", "answerable", "unanswerable", "skipped", "scores", "refused", "auc", "took_ms",
    ]  # fmt: skip
    assert (done["encoder"], done["answerable"], done["unanswerable"]) == ("lite", 4, 1)
    fused = done["scores"]["fused"]
    assert set(fused["words"]) == {"all", "photo", "plot"}
    assert set(fused["pictures"]) == {"all", "crop", "photograph"}
    assert list(fused["words"]["all"]) == METRICS
    assert fused["words"]["all"]["queries"] == 2
    assert fused["words"]["all"]["recall@1"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert fused["pictures"]["all"]["recall@1"]["value"] == 1.0


def test_each_leg_is_marked_alone(questions, library_folder):
    scores = told("eval", questions, "--library", library_folder)["scores"]

    assert {"fused", "picture", "regions", "sentence", "context", "terms"} <= set(scores)
    assert set(scores["regions"]) == {"pictures"}
    # Only the second question is found by a word that is written so; the first one by `sailing boat` as well.
    assert scores["terms"]["words"]["plot"]["recall@1"]["value"] == 1.0


def test_what_cannot_be_asked_is_told_by_its_line(questions, library_folder):
    done = told("eval", questions, "--library", library_folder)

    assert {one["line"]: one["reason"] for one in done["skipped"]} == {
        4: "none of its relevant figures is in the library",
        7: f"nowhere.png is neither a figure of the library nor a file in {questions.parent}",
    }


def test_what_has_no_answer_is_refused(questions, library_folder):
    done = told("eval", questions, "--library", library_folder)

    assert done["refused"]["unanswerable"] == 1.0
    assert done["refused"]["answerable"] < 1.0
    assert 0.5 < done["auc"] <= 1.0


def test_a_copy_of_the_relevant_picture_counts_and_counts_once(library_folder, tmp_path):
    """The tomatoes stand in two issues under one picture, which fills one place only."""
    file = written(
        tmp_path / "q.jsonl", {"query": "tomatoes from January", "relevant": ["images/tomatoes.png"]}
    )

    marks = told("eval", file, "--library", library_folder)["scores"]["fused"]["words"]["all"]

    assert marks["recall@1"]["value"] == marks["ndcg@10"]["value"] == 1.0


def test_odd_and_even_lines_part_a_file(questions, library_folder):
    odd = told("eval", questions, "--odd", "--library", library_folder)
    even = told("eval", questions, "--even", "--library", library_folder)

    assert (odd["answerable"], odd["unanswerable"], len(odd["skipped"])) == (2, 1, 1)
    assert (even["answerable"], even["unanswerable"], len(even["skipped"])) == (2, 0, 1)


def test_people_read_a_table(questions, library_folder):
    shown = run("eval", questions, "--library", library_folder).stdout

    assert shown.split("\n")[0].split() == ["list", "asked", "kind", *METRICS]
    assert "1.000 (1.000 to 1.000)" in shown
    assert "4 answerable, 1 unanswerable" in shown
    assert "line 4: none of its relevant figures is in the library" in shown


@pytest.mark.parametrize(
    "line",
    [
        "{not json",
        '["query"]',
        '{"query": "no answers"}',
        '{"query": 7, "relevant": []}',
        '{"relevant": ["a.png"]}',
        '{"query": "boat", "relevant": "a.png"}',
        '{"image": "a.png", "relevant": [], "operation": "melt", "parameters": {}}',
        '{"image": "a.png", "relevant": [], "operation": "crop"}',
    ],
)
def test_a_line_that_is_no_query_is_named_by_file_and_number(line, library_folder, tmp_path):
    file = written(tmp_path / "broken.jsonl", QUESTIONS[0], "", line)

    problem = run("eval", file, "--library", library_folder, code=1).stderr

    assert f"{file}, line 3 is not a query with its answers" in problem
    assert "Traceback" not in problem


def test_a_file_that_is_not_there_is_told(library_folder, tmp_path):
    assert "none.jsonl cannot be read" in run(
        "eval", tmp_path / "none.jsonl", "--library", library_folder, code=1
    ).stderr  # fmt: skip


# --- selftest -------------------------------------------------------------------------------------------


def points_of(folder):
    """Every point that the current generation of a library holds, and which generation that is."""
    store = open_store(folder / "index")
    with closing(store.open()) as index:
        return store.current_generation(), index.digests()


def test_a_selftest_asks_every_caption_and_leaves_the_index_as_it_was(own_folder):
    before = points_of(own_folder)

    done = told("selftest", "--library", own_folder)

    assert points_of(own_folder) == before
    assert done["captions"] == 3
    assert done["left_out"] == {"without a picture": 3}
    assert set(done["caption_to_figure"]) == {"fused", "picture", "context"}
    assert set(done["caption_to_figure"]["fused"]) == {"all", "archive"}
    assert list(done["figure_to_caption"]["clip_text"]["all"]) == METRICS


def test_each_selftest_is_written_down_and_the_next_tells_what_changed(own_folder):
    first = run("selftest", "--library", own_folder).stdout
    second = run("selftest", "--library", own_folder).stdout

    lines = [json.loads(line) for line in (own_folder / "selftests.jsonl").read_text().splitlines()]
    assert len(lines) == 2
    assert {"date", "encoder", "generation", "captions", "caption_to_figure"} <= set(lines[0])
    assert "since" not in first
    assert f"fused, since {lines[0]['date']} (lite, generation 1): recall@1 +0.000" in second


def test_a_half_written_line_of_the_history_is_passed_over(tmp_path):
    (tmp_path / "selftests.jsonl").write_text('{"date": "2024-03-09"}\n[]\n{"date": "2024')

    assert history.last(tmp_path) == {"date": "2024-03-09"}


def test_a_selftest_below_the_bound_fails_in_one_sentence(own_folder, monkeypatch):
    monkeypatch.setattr("explorer.evaluate.caption_ablation.CaptionAblation.caption_to_figure", never_found)

    done = run("selftest", "--fail-below", "0.4", "--library", own_folder, code=1)

    assert done.stderr.startswith(
        "explorer: 0.000 of the figures are among the first ten hits for their captions"
    )
    assert "Caption to figure" in done.stdout


def never_found(self, figure, weights):
    return Ranking((), frozenset({"it"}))


def test_hiding_hides(tmp_path, monkeypatch):
    """Pictures that look alike are told apart by their captions alone; without its own, each comes last."""
    use_fakes(monkeypatch, FakeEncoder())
    captions = ["The boat at dawn", "The boat in port", "The boat under sail", "The boat on its slip"]
    archive = tmp_path / "archive"
    archive.mkdir()
    figures = ""
    for number, caption in enumerate(captions):
        Image.new("RGB", (64, 64 + number), "grey").save(archive / f"{number}.png")
        figures += (
            f'<figure><img src="{number}.png" alt="{caption}"><figcaption>{caption}</figcaption></figure>'
        )
    (archive / "boats.html").write_text(f"<html><body><h1>Sea</h1>{figures}</body></html>")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="fake")
        in_the_open = [library.search(caption).hits[0].record.caption for caption in captions]
        done = library.evaluation.selftest()

    assert in_the_open == captions
    assert done.captions == 4
    assert done.caption_to_figure["fused"]["all"].metrics["mrr"].value == pytest.approx(1 / 4)


# --- compare --------------------------------------------------------------------------------------------


def test_a_library_compared_with_itself_does_not_differ(library_folder):
    done = told("compare", library_folder, library_folder)

    assert list(done) == ["a", "b", "difference", "changed", "skipped"]
    assert done["a"] == done["b"]
    assert done["difference"]["mrr"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert done["changed"] == []


def test_weights_are_compared_and_what_changed_most_is_shown(questions, library_folder):
    both = "compare", library_folder, library_folder, "--queries", questions
    pictures_only = "sentence=0,terms=0,context=0"

    done = told(*both, "--weights-b", pictures_only)
    turned = told(*both, "--weights-a", pictures_only)

    assert done["a"] == turned["b"]
    assert done["difference"]["mrr"]["value"] == -turned["difference"]["mrr"]["value"] < 0
    changed = done["changed"][0]
    assert list(changed) == ["query", "rank_a", "rank_b", "first_a", "first_b", "figure_a", "figure_b"]
    assert changed["query"] == "XR-7742"
    assert (changed["rank_a"], changed["first_a"]) == (1, "images/pump.png")
    assert {one["line"] for one in done["skipped"]} == {3, 4, 7}


@pytest.mark.parametrize(
    ("weights", "said"), [("picture", "is not a list of weights"), ("nose=1", "is not a weight of a leg")]
)
def test_weights_that_are_none_are_told(weights, said, library_folder):
    problem = run("compare", library_folder, library_folder, "--weights-a", weights, code=2).stderr

    assert said in problem
