"""The harness itself: nothing is left out, and what it finds can be seen again."""

import pytest
from fuzz.mutations import made
from fuzz.subjects import subjects

from explorer.archive.formats import CONTAINERS, FORMATS


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
