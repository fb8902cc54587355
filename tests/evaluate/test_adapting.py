"""A library that learns from its own figures: kept where it helps, told where it does not, and taken back."""

import json
import random
from itertools import combinations

import pytest
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import copied, figures_by_image, png
from PIL import Image
from typer.testing import CliRunner

from explorer.cli import command_line
from explorer.errors import EncoderUnavailableError, LibraryError
from explorer.library.library import Library

COLOURS = ("red", "green", "blue")
# In this archive every colour is called by the name of the next one: what no encoder knows, and captions tell.
CALLED = dict(zip(COLOURS, (*COLOURS[1:], COLOURS[0]), strict=True))
MIXTURES = [mixture for size in (1, 2) for mixture in combinations(COLOURS, size)]
RED, GREEN, _ = (f"-{MIXTURES.index((colour,))}.png" for colour in COLOURS)
ISSUES = 7


def run(*arguments, code=0):
    done = CliRunner().invoke(command_line(), [*map(str, arguments)])
    assert done.exit_code == code, done.stderr
    return done


def write_issue(folder, number, names):
    """An issue with a picture of each mixture of colours, each called as `names` says, and by a name of its own."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    lines = [f"# Flags {number}"]
    for mixture in MIXTURES:
        name = f"{number}-{MIXTURES.index(mixture)}.png"
        picture = Image.new("RGB", (120, 90), tuple(200 * (colour in mixture) for colour in COLOURS))
        picture.putpixel((number, 0), (9, 9, 9))
        (folder / "images" / name).write_bytes(png(picture))
        lines.append(f"![Flag of {' and '.join(names(mixture))} cloth, {name}](images/{name})")
    (folder / f"flags-{number}.md").write_text("\n\n".join(lines) + "\n")


def as_called(mixture):
    return [CALLED[colour] for colour in mixture]


@pytest.fixture
def fake(monkeypatch):
    encoder = FakeEncoder()
    use_fakes(monkeypatch, encoder)
    return encoder


def made(folder, names):
    for number in range(ISSUES):
        write_issue(folder / "archive", number, names)
    with Library.create(folder / "library") as library:
        library.archives.ingest([folder / "archive"], encoder="fake")
    return folder / "library"


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """A library whose captions teach something; nobody writes to it."""
    with pytest.MonkeyPatch.context() as patch:
        use_fakes(patch, FakeEncoder())
        return made(tmp_path_factory.mktemp("taught"), as_called)


@pytest.fixture
def flags(fake, taught, tmp_path):
    """The same, to be changed; its archive stands beside it."""
    copied(taught.parent / "archive", tmp_path / "archive")
    return copied(taught, tmp_path / "library")


def first(folder, words):
    with Library.open(folder) as library:
        return library.search(words, weights={"picture": 1, "sentence": 0, "context": 0, "terms": 0}).hits[0]


def test_what_helps_is_kept_and_no_picture_is_looked_at_again(flags, fake):
    looked_at = fake.pictures
    assert first(flags, "green").record.image.endswith(GREEN)

    told = json.loads(run("adapt", "--library", flags, "--json").stdout)

    assert told["kept"]
    assert (told["figures"], told["captions"]) == (ISSUES * len(MIXTURES), ISSUES * len(MIXTURES))
    assert told["difference"]["recall@10"]["low"] > 0
    assert told["encoder"].startswith("fake+adapter:")
    assert first(flags, "green").record.image.endswith(RED)
    assert fake.pictures == looked_at
    with Library.open(flags) as library:
        assert library.status().encoder == told["encoder"]


def test_a_table_tells_what_it_gains(flags):
    shown = run("adapt", "--library", flags).stdout

    assert [line.split("  ")[0] for line in shown.splitlines()[1:4]] == [
        "before",
        "adapted",
        "adapted - before",
    ]
    assert f"learned from  {ISSUES * len(MIXTURES)} figures" in shown


def test_pictures_are_compared_with_pictures_as_before(flags):
    with Library.open(flags) as library:
        asked = library.browse.picture_path(library.browse.figures()[0].sha256, "original")
        before = [hit.id for hit in library.search(picture=asked, limit=6, weights={"keypoints": 0}).hits]

    run("adapt", "--library", flags)

    with Library.open(flags) as library:
        assert [
            hit.id for hit in library.search(picture=asked, limit=6, weights={"keypoints": 0}).hits
        ] == before


def test_adapting_again_starts_from_the_base_and_gives_the_same(flags):
    with Library.open(flags) as library:
        once, again = library.encoders.adapt(), library.encoders.adapt()

    assert once.encoder == again.encoder
    assert once.trial == again.trial


def test_an_ingest_goes_on_with_what_was_learned(flags, tmp_path):
    run("adapt", "--library", flags)
    write_issue(tmp_path / "archive", ISSUES, as_called)

    with Library.open(flags) as library:
        report = library.archives.ingest([tmp_path / "archive"])

    assert report.encoder.startswith("fake+adapter:")
    with Library.open(flags) as library:
        found = library.search("green", weights={"picture": 1, "sentence": 0, "context": 0, "terms": 0}).hits
        new = figures_by_image(library)[f"images/{ISSUES}{RED}"]
    assert new.group in {hit.record.group for hit in found[: ISSUES + 1]}


@pytest.mark.parametrize("way", ["adapt --back", "ingest --encoder"])
def test_it_is_taken_back(way, flags, tmp_path):
    run("adapt", "--library", flags)

    if way == "adapt --back":
        assert json.loads(run("adapt", "--back", "--library", flags, "--json").stdout) == {"encoder": "fake"}
    else:
        run("ingest", tmp_path / "archive", "--encoder", "fake", "--library", flags)

    assert first(flags, "green").record.image.endswith(GREEN)


def test_a_lost_adapter_is_told_with_what_mends_it(flags):
    run("adapt", "--library", flags)
    [file] = (flags / "adapters").iterdir()
    content = file.read_bytes()

    file.unlink()
    told = run("search", "green", "--library", flags, code=1).stderr
    assert f"There is no adapter at {file}. Train it again: explorer adapt --library" in told

    file.write_bytes(content[:-4] + b"abcd")
    with pytest.raises(EncoderUnavailableError, match="explorer adapt --back"):
        first(flags, "green")

    run("adapt", "--library", flags)
    assert first(flags, "green").record.image.endswith(RED)


def test_an_adapter_of_other_weights_is_told_with_what_mends_it(flags, fake):
    run("adapt", "--library", flags)
    fake.fingerprint = "fake-2"

    told = run("search", "green", "--library", flags, code=1).stderr

    assert "was trained for another encoder than fake. Train it again: explorer adapt --library" in told
    run("adapt", "--library", flags)
    assert first(flags, "green").record.image.endswith(RED)


def test_what_is_chance_is_not_kept(fake, tmp_path):
    chance = random.Random(5)
    folder = made(tmp_path, lambda mixture: chance.choice(MIXTURES))

    done = run("adapt", "--library", folder)

    assert "kept          no, it is not certain that recall@10 rises; nothing was changed" in done.stdout
    with Library.open(folder) as library:
        assert (library.status().encoder, library.status().generation) == ("fake", 1)
    assert not (folder / "adapters").exists()


def test_few_captions_decide_nothing(own_folder):
    done = run("adapt", "--library", own_folder)

    assert "no, fewer than 30 captions are too few to be certain; nothing was changed" in done.stdout
    assert "encoder       lite" in done.stdout


def test_one_issue_alone_decides_nothing(fake, tmp_path):
    write_issue(tmp_path / "archive", 0, as_called)
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([tmp_path / "archive"], encoder="fake")
        report = library.encoders.adapt()

    assert not report.kept
    assert report.trial.before == report.trial.after


def test_an_empty_library_says_what_it_lacks(tmp_path):
    with (
        Library.create(tmp_path / "empty") as library,
        pytest.raises(LibraryError, match="explorer ingest"),
    ):
        library.encoders.adapt()
