"""The catalog: what is written comes back, an issue replaces only itself, and SQLite fails in sentences."""

import sqlite3
from pathlib import Path

import pytest
from catalog_builders import figure, issue, keep

from explorer.archive.model import ExcludedPicture, LedgerEntry, Status
from explorer.catalog import store
from explorer.catalog.database import SCHEMA_VERSION
from explorer.catalog.issues import KeptFigure
from explorer.catalog.records import PictureRecord, Selection
from explorer.catalog.store import Catalog
from explorer.errors import LibraryError

SHA = "ab" * 32
PICTURE = PictureRecord(SHA, 640, 480, "png", 1234, 1, "0f0f", ("#ffffff",))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "catalog.sqlite"


@pytest.fixture
def catalog(path):
    opened = Catalog(path, create=True)
    yield opened
    opened.close()


def images(catalog, **selection):
    return sorted(one.image for one in catalog.figures.select(Selection(**selection)))


# --- keeping --------------------------------------------------------------------------------------------


def test_an_issue_comes_back_as_it_was_kept(catalog):
    catalog.pictures.add(PICTURE)
    shown = figure(
        "images/a.png", "A cat", alt="cat", credit="Source: me", heading="Pets", before="b", after="a"
    )
    keep(
        catalog,
        issue(
            "one.md", figures=[shown], title="One", number=7, date="2024-03-09", author="Ada", language="en"
        ),
        sha256=SHA,
    )

    (found,) = catalog.issues.select()
    assert (found.document, found.title, found.number, found.date, found.author, found.language) == (
        "one.md", "One", 7, "2024-03-09", "Ada", "en",
    )  # fmt: skip
    assert (found.items, found.figures) == (1, 1)
    (cat,) = catalog.figures.select()
    assert (cat.caption, cat.alt, cat.credit, cat.heading, cat.before, cat.after) == (
        "A cat", "cat", "Source: me", "Pets", "b", "a",
    )  # fmt: skip
    assert (cat.sha256, cat.status, cat.width, cat.height) == (SHA, "kept", 640, 480)
    assert (cat.issue_id, cat.issue_number, cat.issue_title, cat.date) == (found.id, 7, "One", "2024-03-09")
    assert catalog.items.by_id([cat.item_id])[cat.item_id].heading == "Heading"
    assert catalog.pictures.get(SHA) == PICTURE


def test_an_issue_replaces_only_itself(catalog):
    keep(catalog, issue("one.md", figures=[figure("old.png")], left_out=[ExcludedPicture("i.png", "icon")]))
    keep(catalog, issue("two.md", figures=[figure("other.png")]))

    keep(catalog, issue("one.md", figures=[figure("new.png")], items=[("A", "a"), ("B", "b")]), digest="2")

    assert images(catalog) == ["new.png", "other.png"]
    assert [one.heading for one in catalog.items.select()] == ["A", "B", "Heading"]
    assert catalog.ledger.counts().left_out == {}
    assert catalog.issues.digests(1) == {"one.md": "2", "two.md": "1"}


def test_an_issue_that_cannot_be_kept_leaves_the_one_before(catalog):
    archive = keep(
        catalog, issue("one.md", figures=[figure("old.png")]), problems=[LedgerEntry("one.md", "dust")]
    )
    unknown_picture = KeptFigure(figure("new.png"), Status.KEPT, "no such picture")

    with pytest.raises(LibraryError):
        catalog.issues.replace(archive, "archive", issue("one.md"), [unknown_picture], [], "2")

    assert images(catalog) == ["old.png"]
    assert catalog.issues.digests(archive) == {"one.md": "1"}
    assert [one.reason for one in catalog.ledger.entries()][:1] == ["dust"]
    keep(catalog, issue("two.md"))  # and the catalog is not stuck in that transaction


def test_identifiers_stay_when_an_issue_is_read_again_and_when_a_figure_comes_before(catalog):
    keep(catalog, issue(figures=[figure("a.png", order=0), figure("b.png", order=1)]))
    before = {one.image: one.id for one in catalog.figures.select()}

    keep(
        catalog,
        issue(figures=[figure(name, order=n) for n, name in enumerate(("new.png", "a.png", "b.png"))]),
    )

    after = {one.image: one.id for one in catalog.figures.select()}
    assert {name: after[name] for name in before} == before
    assert [one.image for one in catalog.figures.select()] == ["new.png", "a.png", "b.png"]


def test_a_picture_shown_twice_in_an_issue_is_two_figures(catalog):
    keep(
        catalog,
        issue(
            figures=[figure("a.png", order=0), figure("a.png", order=1), figure(None, "Only words", order=2)]
        ),
    )

    assert len({one.id for one in catalog.figures.select()}) == 3


def test_two_archives_of_one_name_do_not_share_identifiers(catalog, tmp_path):
    here, there = str(tmp_path), str(tmp_path / "there")
    first = catalog.archives.register(here, "blog")
    second = catalog.archives.register(there, "blog")

    assert (first[1], second[1]) == ("blog", "blog-2")
    assert catalog.archives.register(there, "blog") == second
    assert catalog.archives.all() == [("blog", here), ("blog-2", there)]


def test_an_archive_that_moved_keeps_its_name_and_so_its_identifiers(catalog, tmp_path):
    before = catalog.archives.register(str(tmp_path / "old" / "blog"), "blog")

    assert catalog.archives.register(str(tmp_path), "blog") == before
    assert catalog.archives.all() == [("blog", str(tmp_path))]


def test_documents_that_are_gone_are_forgotten_with_their_problems(catalog):
    archive = keep(
        catalog, issue("one.md", figures=[figure("a.png")]), problems=[LedgerEntry("one.md", "torn")]
    )
    keep(catalog, issue("two.md"))
    other = keep(catalog, issue("one.md"), archive="other")
    catalog.ledger.record_unreadable(archive, LedgerEntry("three.md", "no text"))

    assert catalog.issues.delete_except(archive, {"two.md"}) == ["one.md"]

    assert set(catalog.issues.digests(archive)) == {"two.md"}
    assert set(catalog.issues.digests(other)) == {"one.md"}
    assert catalog.ledger.counts().problems == 0


def test_what_could_not_be_read_counts_as_changed_once_it_can(catalog):
    archive = keep(catalog, issue("one.md", figures=[figure("a.png")]), digest="same")
    catalog.ledger.record_unreadable(archive, LedgerEntry("one.md", "disk on fire"))

    assert images(catalog) == ["a.png"]  # the earlier reading stays
    assert (
        catalog.issues.digests(archive)["one.md"] != "same"
    )  # so the next one is kept, and clears the problem
    keep(catalog, issue("one.md", figures=[figure("a.png")]), digest="same")
    assert catalog.ledger.counts().problems == 0


# --- choosing -------------------------------------------------------------------------------------------


@pytest.fixture
def three(catalog):
    """Three issues: dated to the day, to the month, and not at all."""
    keep(
        catalog,
        issue("day.md", figures=[figure("day.png", "A grey cat")], date="2024-03-09", number=2, title="Day"),
    )
    keep(
        catalog,
        issue(
            "month.md", figures=[figure("month.png", alt="a dog")], date="2024-02", number=1, title="Month"
        ),
    )
    keep(
        catalog,
        issue("never.md", figures=[figure("never.png", "100% of a_b")], items=[("Rest", "50% of it")]),
    )
    return catalog


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        pytest.param("2024", None, ["day.png", "month.png"], id="from a year"),
        pytest.param("2024-03", None, ["day.png"], id="from a month"),
        pytest.param("2024-03-09", "2024-03-09", ["day.png"], id="on a day"),
        pytest.param("2024-03-10", None, [], id="after the day"),
        pytest.param(None, "2024", ["day.png", "month.png"], id="a whole year"),
        pytest.param(None, "2024-02", ["month.png"], id="a whole month"),
        pytest.param(None, "2024-03", ["day.png", "month.png"], id="the end of a month"),
        pytest.param(None, "2023", [], id="before all"),
    ],
)
def test_dates_may_be_partial_and_are_inclusive(three, since, until, found):
    assert images(three, date_from=since, date_to=until) == found


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        pytest.param({"number": 1}, ["month.png"], id="number"),
        pytest.param({"document": "never.md"}, ["never.png"], id="document"),
        pytest.param({"has_caption": True}, ["day.png", "never.png"], id="with caption"),
        pytest.param({"has_caption": False}, ["month.png"], id="without caption"),
        pytest.param({"text": "CAT grey"}, ["day.png"], id="every word, any case"),
        pytest.param({"text": "dog"}, ["month.png"], id="alt text"),
        pytest.param({"text": "100%"}, ["never.png"], id="a percent sign is itself"),
        pytest.param({"text": "a_b"}, ["never.png"], id="an underscore is itself"),
        pytest.param({"text": "%"}, ["never.png"], id="no wildcard"),
        pytest.param({"text": "\\"}, [], id="a backslash"),
        pytest.param({"text": "'; DROP TABLE figure; --"}, [], id="quotes"),
        pytest.param({"status": "missing", "number": 2}, ["day.png"], id="two at once"),
    ],
)
def test_a_selection_holds_for_figures(three, selection, found):
    assert images(three, **selection) == found
    assert three.figures.count(Selection(**selection)) == len(found)


def test_a_selection_holds_for_items_and_issues(three):
    assert [one.document for one in three.items.select(Selection(text="50%"))] == ["never.md"]
    assert [one.document for one in three.issues.select(Selection(text="mon"))] == ["month.md"]
    assert [one.document for one in three.issues.select(Selection(has_caption=False))] == ["month.md"]
    assert [one.document for one in three.items.select(Selection(has_caption=True))] == ["day.md", "never.md"]
    assert three.items.select(Selection(sha256="00")) == []


def test_issues_come_newest_first_and_undated_ones_last(three):
    assert [one.document for one in three.issues.select()] == ["day.md", "month.md", "never.md"]


@pytest.mark.parametrize("order", ["date", "issue", "caption"])
def test_pages_of_any_order_visit_each_figure_once(catalog, order):
    for n in range(4):  # the same date, number and captions again and again: the order must still be one
        shown = [figure(f"{n}-{k}.png", "Same" if k % 2 else None, order=k) for k in range(6)]
        keep(catalog, issue(f"{n}.md", figures=shown, date="2024", number=1))

    pages = [catalog.figures.select(order=order, limit=5, offset=start) for start in range(0, 30, 5)]

    visited = [one.id for page in pages for one in page]
    assert len(visited) == len(set(visited)) == 24
    assert visited == [one.id for one in catalog.figures.select(order=order)]


def test_captions_are_sorted_without_case_and_those_without_come_last(catalog):
    captions = ["banana", "Apple", None, "cherry"]
    keep(catalog, issue(figures=[figure(f"{n}.png", words, order=n) for n, words in enumerate(captions)]))

    assert [one.caption for one in catalog.figures.select(order="caption")] == [
        "Apple",
        "banana",
        "cherry",
        None,
    ]


def test_more_ids_than_sqlite_takes_at_once_are_found(catalog):
    keep(catalog, issue(figures=[figure(f"{n}.png", order=n) for n in range(1200)]))
    ids = [one.id for one in catalog.figures.select()]

    assert set(catalog.figures.by_id([*ids, "unknown"])) == set(ids)


def test_ids_are_found_by_their_beginning(catalog):
    keep(catalog, issue(figures=[figure("a.png"), figure("b.png", order=1)]))
    first, second = (one.id for one in catalog.figures.select())

    assert catalog.figures.ids_starting_with(first) == [first]
    assert catalog.figures.ids_starting_with(second[:12]) == [second]
    assert catalog.figures.ids_starting_with("") == []
    assert catalog.figures.ids_starting_with("%") == []


# --- the ledger -----------------------------------------------------------------------------------------


def test_the_ledger_counts_every_picture_seen(catalog):
    catalog.pictures.add(PICTURE)
    one = issue(
        figures=[
            figure("kept.png"), figure("https://x.example/r.png", order=1, status=Status.REMOTE),
            figure("gone.png", order=2), figure("torn.png", order=3, status=Status.UNREADABLE), figure(None, "words", order=4),
        ],
        left_out=[ExcludedPicture("i.png", "icon"), ExcludedPicture("j.png", "icon"), ExcludedPicture("k.png", "badge")],
    )  # fmt: skip
    number, name = catalog.archives.register("/a", "a")
    kept = [
        KeptFigure(
            it, Status.KEPT if it.image == "kept.png" else it.status, SHA if it.image == "kept.png" else None
        )
        for it in one.figures
    ]
    catalog.issues.replace(number, name, one, kept, [LedgerEntry("one.md", "torn", "torn.png")], "1")

    ledger = catalog.ledger.counts()

    assert (ledger.issues, ledger.items, ledger.figures, ledger.pictures) == (1, 1, 5, 1)
    assert (ledger.kept, ledger.remote, ledger.missing, ledger.unreadable) == (1, 1, 2, 1)
    assert (ledger.problems, ledger.left_out, ledger.seen) == (1, {"icon": 2, "badge": 1}, 8)
    assert list(ledger.left_out) == ["icon", "badge"]
    assert [(line.kind, line.image) for line in catalog.ledger.entries()] == [
        ("unreadable", "torn.png"), ("missing", "gone.png"), ("remote", "https://x.example/r.png"),
        ("left out", "i.png"), ("left out", "j.png"), ("left out", "k.png"),
    ]  # fmt: skip
    assert len(catalog.ledger.entries(limit=2)) == 2


# --- failing --------------------------------------------------------------------------------------------


def test_a_catalog_of_a_newer_explorer_is_refused_with_the_way_out(catalog, path):
    catalog.close()
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    database.close()

    with pytest.raises(LibraryError, match=r"newer version.*pip install -U archive-explorer"):
        Catalog(path)


def test_a_locked_catalog_is_told_in_a_sentence(catalog, path):
    catalog._database._connection.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(LibraryError, match=r"Another program is writing .*catalog.sqlite. Wait"):
            keep(catalog, issue())
    finally:
        other.close()
    keep(catalog, issue())


@pytest.mark.parametrize("where", [pytest.param(0, id="head"), pytest.param(4096, id="pages")])
def test_a_damaged_catalog_is_told_in_a_sentence(catalog, path, where):
    keep(catalog, issue(figures=[figure(f"{n}.png", "words " * 50, order=n) for n in range(50)]))
    catalog.close()
    data = bytearray(path.read_bytes())
    data[where:] = b"\xa5" * (len(data) - where)
    path.write_bytes(data)

    with pytest.raises(LibraryError, match=r"is damaged.*read the archive again"):
        Catalog(path).figures.select()


def test_a_closed_catalog_says_so(catalog):
    catalog.close()

    with pytest.raises(LibraryError, match="was closed"):
        catalog.figures.select()


def test_a_catalog_that_is_not_there_is_not_made_by_reading(path):
    with pytest.raises(LibraryError, match="explorer ingest ARCHIVE"):
        Catalog(path)
    assert not path.exists()


def test_a_process_killed_in_preparing_leaves_what_the_next_one_prepares(path, catalog, monkeypatch):
    catalog.close()
    path.unlink()
    path.touch()  # SQLite makes the file first; the schema and its version are one transaction

    reopened = Catalog(path, create=True)
    keep(reopened, issue())
    reopened.close()


def test_a_schema_made_halfway_by_another_process_is_completed(path):
    schema = (Path(store.__file__).parent / "schema.sql").read_text(encoding="utf-8")
    other = sqlite3.connect(path)
    other.executescript(schema)  # prepared by another process at the same moment, version not yet seen
    other.close()

    opened = Catalog(path, create=True)
    keep(opened, issue())
    opened.close()
