"""An index moves between a folder and a server: no point is lost, none is changed, none is sent twice."""

import json
import threading
import time

import numpy as np
import pytest
from index_builders import RECIPE, filled, ids, near, point, uid, uids
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import copied, made_once
from qdrant_client import QdrantClient
from stores import HOMES, opened

from explorer.errors import IndexMissingError, LibraryError, SearchIndexError, ServerError
from explorer.index import Leg, Nearest, ServerSettings, Sparse, copy_index
from explorer.index.server.collection import BATCH, UPLOADS, ServerCollection
from explorer.index.server.connection import Connection
from explorer.library.library import Library
from explorer.library.manifest import MANIFEST_FILE

URL = "http://qdrant.test:6333"


@pytest.fixture(params=HOMES)
def source(request, tmp_path):
    with opened(request.param, tmp_path / "source") as store:
        yield store


@pytest.fixture(params=HOMES)
def target(request, tmp_path):
    with opened(request.param, tmp_path / "target") as store:
        yield store


def many(count: int = 300):
    """Points of every shape: without a vector, with several, with terms, with words of many alphabets."""
    rng = np.random.default_rng(3)
    whole = [
        point(
            str(n),
            *(5 * rng.standard_normal(3)).tolist(),
            meaning=rng.standard_normal((1 + n % 4, 3)).tolist() if n % 3 else None,
            terms={1: 1, n + 2: 0.37} if n % 5 else None,
            kind="figure",
            issue=n,
            parts=[[0.5, n / 7]],
            caption="Ein Vermeer — 漢字 🐈\u200d⬛",
        )
        for n in range(count)
    ]
    return [*whole, point("bare"), point("no terms", 1, 0, 0, terms={})]


def legs():
    some_terms = Leg("terms", Nearest(Sparse((1, 8, 99), (1.0, 1.0, 1.0))), 500)
    several = Leg("meaning", Nearest(np.array([[1, 0, 0], [0, 1, 0]], np.float32)), 500)
    return [near(1, 50, 0, limit=500), some_terms, several]


def assert_same_points(left, right) -> None:
    assert left.digests() == right.digests()
    every = sorted(left.digests())
    for mine, other in zip(whole(left, every), whole(right, every), strict=True):
        assert (mine.digest, mine.point.id) == (other.digest, other.point.id)
        assert mine.point.payload == other.point.payload
        assert mine.point.vectors.keys() == other.point.vectors.keys()
        for name, vector in mine.point.vectors.items():
            np.testing.assert_allclose(vector, other.point.vectors[name], atol=1e-6)
        assert terms_of(mine.point) == terms_of(other.point)
    for mine, other in zip(left.score(legs(), every), right.score(legs(), every), strict=True):
        assert mine == {id: pytest.approx(score, abs=1e-5) for id, score in other.items()}


def whole(index, ids):
    return sorted(index.raw_points(ids), key=lambda one: one.point.id)


def terms_of(point):
    return {
        name: {index: pytest.approx(value) for index, value in zip(terms.indices, terms.values, strict=True)}
        for name, terms in point.sparse.items()
    }


# Between two homes


def test_a_copy_has_every_point_as_it_was(source, target):
    made = filled(source, *many())
    copied_as = copy_index(source, target)
    assert (copied_as.config, copied_as.points) == (RECIPE, 302)
    assert_same_points(made, target.open())


def test_there_and_back_is_the_same_index(source, target, tmp_path):
    made = filled(source, *many())
    copy_index(source, target)
    with opened("edge", tmp_path / "back") as back:
        copy_index(target, back)
        assert_same_points(made, back.open())


def test_a_copy_says_the_revision_that_it_shows(source, target):
    with source.build(RECIPE) as build:
        build.upsert([point("a", 1, 0, 0)])
        build.commit("revision 7")
    assert copy_index(source, target).revision == "revision 7"


def test_only_what_changed_is_sent_again(source, target, monkeypatch):
    filled(source, *many())
    copy_index(source, target)
    with source.build(RECIPE) as build:
        build.upsert([point("7", 0, 0, 1, kind="changed"), point("new", 1, 1, 1)])
        build.delete(uids("8"))
        build.commit()
    asked = []
    opened_once = source.open()
    ask = opened_once.raw_points
    monkeypatch.setattr(type(opened_once), "raw_points", lambda self, ids: asked.extend(ids) or ask(ids))
    copy_index(source, target)

    assert set(asked) == set(uids("7", "new"))
    monkeypatch.undo()
    assert_same_points(source.open(), target.open())
    assert ids(target.open().search([near(0, 0, 1, limit=1)])[0]) == uids("7")


def test_what_is_there_already_makes_no_generation(source, target):
    filled(source, point("a", 1, 0, 0))
    assert copy_index(source, target) == copy_index(source, target)
    assert target.current_generation() == 1


def test_a_copy_that_broke_off_leaves_the_old_index_and_goes_on_next_time(source, target, monkeypatch):
    filled(target, point("old", 1, 0, 0))
    made = filled(source, *many())
    with monkeypatch.context() as broken:
        broken.setattr(type(made), "raw_points", lambda self, ids: [])
        with pytest.raises(SearchIndexError, match="disappeared while the index was copied"):
            copy_index(source, target)
    assert set(target.open().digests()) == {uid("old")}
    copy_index(source, target)
    assert_same_points(made, target.open())


def test_where_nothing_was_built_there_is_nothing_to_copy(source, target):
    with pytest.raises(IndexMissingError):
        copy_index(source, target)
    assert target.current_generation() is None


def test_a_copied_point_that_does_not_change_need_not_be_written_again(source, target):
    filled(source, *many())
    copy_index(source, target)
    with target.build(RECIPE) as build:
        assert [one for one in many() if build.digests.get(one.id) != one.digest] == []


# Uploading side by side


class SlowServer:
    """Takes a while for each request, and remembers how many were under way at once."""

    def __init__(self, fails_at: int | None = None):
        self.init_options = {"url": URL}
        self.taken: list[str] = []
        self.most = self.now = self.requests = 0
        self._fails_at = fails_at
        self._lock = threading.Lock()

    def upsert(self, name, points, wait):
        with self._lock:
            self.now += 1
            self.requests += 1
            number = self.requests
            self.most = max(self.most, self.now)
        time.sleep(0.01)
        with self._lock:
            self.now -= 1
            self.taken += [str(one) for one in points]
        if number == self._fails_at:
            raise ValueError("the disk is full")


def on(server) -> ServerCollection:
    return ServerCollection(Connection(server, URL, 5), "mine-000001")


def test_uploads_go_side_by_side_and_every_point_arrives_once():
    server = SlowServer()
    on(server).write(str(n) for n in range(10 * BATCH + 1))
    assert sorted(server.taken, key=int) == [str(n) for n in range(10 * BATCH + 1)]
    assert 1 < server.most <= UPLOADS


def test_a_slow_server_is_not_given_more_than_it_takes():
    server, drawn = SlowServer(), []

    def points():
        for n in range(20 * BATCH):
            drawn.append(n)
            yield str(n)
            # What was drawn and is not taken yet: requests under way, one waiting, one in the making.
            assert len(drawn) - len(server.taken) <= (2 * UPLOADS + 2) * BATCH

    on(server).write(points())
    assert len(server.taken) == 20 * BATCH


def test_an_upload_that_fails_is_told_and_stops_the_rest():
    server = SlowServer(fails_at=2)
    with pytest.raises(SearchIndexError, match="the disk is full"):
        on(server).write(str(n) for n in range(100 * BATCH))
    assert server.requests < 100


# A library


@pytest.fixture
def server(monkeypatch):
    """One server for every address."""
    client = QdrantClient(":memory:")
    monkeypatch.setattr("explorer.index.server.connection.QdrantClient", lambda **_: client)
    return client


@pytest.fixture
def library(tmp_path_factory, tmp_path, server):
    with Library.open(copied(made_once(tmp_path_factory)[1], tmp_path / "library")) as opened:
        yield opened


def found(library):
    return [
        (hit.record.id, pytest.approx(hit.score, abs=1e-4))
        for hit in library.search("a boat in the harbour").hits
    ]


def test_a_library_answers_the_same_from_a_server_and_back_in_its_folder(library, server):
    before, points = found(library), library.status().points
    pushed = library.maintenance.push(URL)
    assert (pushed.qdrant_url, pushed.points) == (URL, points)
    assert server.get_collections().collections
    assert found(library) == before

    pulled = library.maintenance.pull()
    assert (pulled.qdrant_url, pulled.points) == (None, points)
    assert found(library) == before


def test_a_reader_that_has_it_open_follows_the_move(library):
    with Library.open(library.path) as reader:
        before = found(reader)
        library.maintenance.push(URL)
        assert found(reader) == before
        assert reader.status().qdrant_url == URL


def test_what_is_read_after_the_move_goes_to_the_server_and_home_with_it(library, tmp_path):
    library.maintenance.push(URL)
    (tmp_path / "late.md").write_text("# Late\n\nA submarine was seen in the canal.\n")
    library.archives.ingest([tmp_path / "late.md"])
    library.maintenance.pull()
    assert library.search("submarine in the canal", kind="item").hits[0].record.document == "late.md"


def test_every_encoder_moves_and_changes_over_there(tmp_path_factory, tmp_path, server, monkeypatch):
    use_fakes(monkeypatch, FakeEncoder("old"), FakeEncoder("new"))
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([made_once(tmp_path_factory)[0]], encoder="old")
        library.encoders.add("new")
        library.maintenance.push(URL)
        assert len(server.get_collections().collections) == 2
        library.encoders.use("new")
        assert library.search("a boat").hits


def test_a_library_that_is_there_already_says_so(library):
    with pytest.raises(LibraryError, match="already in the library"):
        library.maintenance.pull()
    library.maintenance.push(URL)
    with pytest.raises(LibraryError, match=r"already at http://qdrant\.test:6333"):
        library.maintenance.push(URL)


def test_a_push_to_a_server_that_does_not_answer_leaves_the_library_as_it_was(tmp_path, tmp_path_factory):
    with Library.open(copied(made_once(tmp_path_factory)[1], tmp_path / "library")) as library:
        before = found(library)
        with pytest.raises(ServerError, match="does not answer"):
            library.maintenance.push("http://127.0.0.1:9")
        assert library.status().qdrant_url is None
        assert found(library) == before


def test_how_the_server_keeps_the_index_is_remembered(tmp_path, server):
    folder = tmp_path / "library"
    Library.create(
        folder, qdrant_url=URL, layout={"shards": 6, "replicas": 2, "quantisation": "scalar"}
    ).close()
    Library.create(folder, layout={"on_disk": True, "quantisation": None}).close()
    raw_points = json.loads((folder / MANIFEST_FILE).read_text())["server"]
    assert ServerSettings(**raw_points) == ServerSettings(shards=6, replicas=2, on_disk=True)


def test_the_next_generation_is_kept_as_was_said(library, server, monkeypatch):
    asked = []
    create = server.create_collection
    monkeypatch.setattr(
        server, "create_collection", lambda name, **how: asked.append(how) or create(name, **how)
    )
    library.maintenance.push(
        URL, layout={"shards": 6, "replicas": 2, "on_disk": True, "quantisation": "binary"}
    )
    [how] = asked
    assert (how["shard_number"], how["replication_factor"]) == (6, 2)
    assert {field.on_disk for field in how["vectors_config"].values()} == {True}
    assert how["quantization_config"].binary.always_ram


def test_a_layout_without_a_server_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(LibraryError, match=r"--on-disk is for an index on a server.*--qdrant-url URL"):
        Library.create(tmp_path / "library", layout={"on_disk": True})
    assert not (tmp_path / "library").exists()


def test_an_index_that_lives_elsewhere_is_named_with_the_way_there(library):
    with pytest.raises(LibraryError, match=r"in the folder itself, not at .*: explorer push http://qdrant"):
        Library.create(library.path, qdrant_url=URL)
