"""The harness itself: nothing is left out, and what it finds can be seen again."""

import importlib

import pytest
from fuzz.mutations import MAX_BYTES, made
from fuzz.subjects import subjects

from explorer.archive.convert.formats import CONTAINERS, FORMATS


def test_every_reader_is_fuzzed():
    named = [subject.name for subject in subjects()]

    assert named == [*(kind.name for kind in (*FORMATS, *CONTAINERS)), "picture"]


@pytest.mark.parametrize("subject", subjects(), ids=lambda it: it.name)
def test_a_sample_is_read_and_a_few_broken_ones_do_no_harm(subject):
    subject.read(subject.samples[0])
    for number in range(3):
        subject.read(made(subject.samples, 1, number))


def test_the_same_number_gives_the_same_input_again():
    [zipped] = [subject for subject in subjects() if subject.name == "zip"]

    assert [made(zipped.samples, 7, n) for n in range(20)] == [made(zipped.samples, 7, n) for n in range(20)]
    assert made(zipped.samples, 7, 1) != made(zipped.samples, 8, 1)


def test_samples_hold_neither_the_time_nor_chance(monkeypatch):
    before = subjects()
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)

    assert [it.samples for it in subjects()] == [it.samples for it in before]


def test_some_inputs_are_a_small_piece_over_and_over():
    lengths = [len(made((b"# A mill\n\n![A](a.png)\n",), 1, number)) for number in range(600)]

    assert max(lengths) >= MAX_BYTES // 4
    assert sorted(lengths)[300] < 10_000


def test_the_same_sources_meet_the_same_inputs_and_changed_ones_meet_others(tmp_path, monkeypatch):
    program = importlib.import_module("fuzz.__main__")
    before = program.fingerprint()
    reader = tmp_path / "images" / "reader.py"
    reader.parent.mkdir()
    reader.write_text("one = 1\n")
    monkeypatch.setattr(program, "TESTS", tmp_path / "tests")
    first = program.fingerprint()
    reader.write_text("one = 2\n")

    assert before != first != program.fingerprint()
