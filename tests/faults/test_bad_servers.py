"""A Qdrant server on a bad day: waited for a little, told in one sentence, and nothing half done is ever current."""

import json

import pytest
from bad_servers import bad, good, hangs_up, says, serving, takes
from index import index_builders
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import write_archive, write_second_version
from qdrant_client import QdrantClient
from qdrant_client.http.exceptions import ResponseHandlingException
from typer.testing import CliRunner

from explorer.cli import command_line
from explorer.errors import ServerError
from explorer.index import ServerSettings, open_store
from explorer.index.server.connection import ATTEMPTS
from explorer.index.server.store import ServerStore
from explorer.library.library import Library

NOTHING = good({"aliases": []})


@pytest.mark.parametrize(
    "stumbles",
    [
        pytest.param([hangs_up, hangs_up], id="restarting"),
        pytest.param([bad(503, "starting")], id="starting"),
        pytest.param([bad(429, "too many requests"), bad(500, "a shard is away")], id="busy"),
    ],
)
def test_a_server_that_comes_back_is_waited_for(stumbles):
    with serving(*stumbles, NOTHING) as server:
        assert open_store(server.url).current_generation() is None
        assert len(server.requests) == len(stumbles) + 1


@pytest.mark.parametrize(
    ("answer", "said", "attempts"),
    [
        pytest.param(hangs_up, "does not answer", ATTEMPTS, id="gone"),
        pytest.param(bad(503, "starting"), r"refused .503.: .*starting", ATTEMPTS, id="never ready"),
        pytest.param(bad(401, "no"), "Set the variable QDRANT_API_KEY", 1, id="no key"),
        pytest.param(bad(403, "no"), "Set the variable QDRANT_API_KEY", 1, id="wrong key"),
        pytest.param(bad(500, "Service internal error: No space left on device"), "has no disk space left", 1, id="full"),
        pytest.param(bad(507, "Low disk"), "has no disk space left", 1, id="full, said otherwise"),
        pytest.param(says(404, "<html>nothing here</html>"), "not a supported Qdrant server", 1, id="no server"),
        pytest.param(says(200, "<html>welcome</html>"), "not a supported Qdrant server", 1, id="a web page"),
        pytest.param(good({"other": 1}), "not a supported Qdrant server", 1, id="another version"),
    ],
)  # fmt: skip
def test_a_server_that_does_not_help_is_told_in_one_sentence(answer, said, attempts):
    with serving(answer) as server, pytest.raises(ServerError, match=said) as problem:
        open_store(server.url).open()
    told = str(problem.value)
    assert server.url in told
    assert "\n" not in told
    assert len(told) < 300
    assert len(server.requests) == attempts


def test_a_server_that_takes_too_long_is_given_up():
    with serving(takes(20)) as server, pytest.raises(ServerError, match="does not answer"):
        open_store(server.url, settings=ServerSettings(timeout=1)).current_generation()
    assert len(server.requests) <= ATTEMPTS


def test_a_collection_made_by_a_request_whose_answer_was_lost_is_not_in_the_way():
    client = QdrantClient(":memory:")
    make, lost = client.create_collection, []

    def loses_the_first_answer(*arguments, **named):
        made = make(*arguments, **named)
        if not lost:
            lost.append(made)
            raise ResponseHandlingException(ConnectionError("cut"))
        return made

    client.create_collection = loses_the_first_answer
    store = ServerStore(client, "mine", ServerSettings())
    index_builders.filled(store, index_builders.point("a", 1, 0, 0))
    assert store.current_generation() == 1


class Upset:
    """A server that fails from the n-th writing on, until it is well again."""

    def __init__(self, client, monkeypatch):
        self.left: int | None = None
        for name in ("upsert", "update_collection", "update_collection_aliases"):
            monkeypatch.setattr(client, name, self._or_failing(getattr(client, name)))

    def _or_failing(self, do):
        def asked(*arguments, **named):
            if self.left is not None:
                self.left -= 1
                if self.left < 0:
                    raise ResponseHandlingException(ConnectionError("Connection refused"))
            return do(*arguments, **named)

        return asked


@pytest.mark.parametrize("writes", [0, 1, 2, 3], ids=lambda n: f"after {n} writes")
def test_a_build_that_the_server_breaks_off_switches_nothing_and_goes_on_from_the_vectors(
    tmp_path, monkeypatch, writes
):
    client = QdrantClient(":memory:")
    store = ServerStore(client, "mine", ServerSettings())
    upset = Upset(client, monkeypatch)
    monkeypatch.setattr("explorer.library.indexes.open_store", lambda *_, **__: store)
    monkeypatch.setattr("explorer.index.server.connection.ATTEMPTS", 1)
    encoder = FakeEncoder("fake")
    use_fakes(monkeypatch, encoder)
    archive = write_archive(tmp_path / "archive")
    with Library.create(tmp_path / "library", qdrant_url="http://127.0.0.1:9") as library:
        library.archives.ingest([archive], encoder="fake")
        archive.rename(tmp_path / "old")
        write_second_version(archive)

        upset.left = writes
        with pytest.raises(ServerError, match="does not answer"):
            library.archives.ingest([archive])
        upset.left = None
        assert store.current_generation() == 1
        assert "images/rain.png" in {hit.record.image for hit in library.search("rain", limit=50).hits}
        seen = encoder.pictures

        library.archives.ingest([archive])

        assert encoder.pictures == seen
        assert store.current_generation() == 2
        assert {one.name for one in client.get_collections().collections} == {"mine-000001", "mine-000002"}
        assert "images/sunset.png" in {hit.record.image for hit in library.search("sunset", limit=50).hits}


@pytest.mark.parametrize("answers", ["nothing", "refusal"])
def test_status_tells_what_is_there_while_the_server_is_down(tmp_path, monkeypatch, answers):
    monkeypatch.setattr("explorer.index.server.connection.ATTEMPTS", 1)
    with serving(bad(503, "busy")) as server:
        url = server.url if answers == "refusal" else "http://127.0.0.1:9"
        Library.create(tmp_path / "library", qdrant_url=url).close()
        told = CliRunner().invoke(command_line(), ["status", "--library", str(tmp_path / "library")])
        plain = CliRunner().invoke(
            command_line(), ["status", "--json", "--library", str(tmp_path / "library")]
        )
    assert (told.exit_code, plain.exit_code) == (0, 0)
    assert url in told.stdout
    status = json.loads(plain.stdout)
    assert (status["qdrant_url"], status["points"]) == (url, None)
    assert url in status["problem"]
    assert status["ledger"]["figures"] == 0
