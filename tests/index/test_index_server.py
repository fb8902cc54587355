"""What only an index on a server promises: bounded patience, a key that stays secret, layouts of growth."""

import time

import pytest
from index_builders import RECIPE, SCHEMA, filled, ids, near, point, uids
from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import UnexpectedResponse

from explorer.errors import ServerError
from explorer.index import ServerSettings, open_store
from explorer.index.server.connection import Connection
from explorer.index.server.requests import quantisation, search_params, vector_params
from explorer.index.server.store import ServerStore

NOBODY = "https://user:word@127.0.0.1:9/qdrant"


def test_a_server_that_does_not_answer_is_given_up_soon_and_named_without_secrets(monkeypatch):
    monkeypatch.setenv("QDRANT_API_KEY", "s3cret")
    store = open_store(NOBODY)
    begun = time.monotonic()
    with pytest.raises(ServerError, match=r"https://127\.0\.0\.1:9/qdrant does not answer") as caught:
        store.open()
    assert time.monotonic() - begun < 10
    seen = f"{caught.value} {caught.value.__cause__}"
    assert "s3cret" not in seen
    assert "word" not in seen


def test_a_build_on_a_server_that_does_not_answer_fails_the_same_way():
    with pytest.raises(ServerError, match="does not answer"), open_store(NOBODY).build(RECIPE):
        pass


def test_an_address_that_is_none_is_named():
    with pytest.raises(ServerError, match="not the address"):
        open_store("http://host:notaport")


def refusing(status: int, calls: list[int]):
    def request(client):
        calls.append(status)
        raise UnexpectedResponse(status, "reason", b'{"status":{"error":"told so"}}', None)

    return request


@pytest.mark.parametrize(
    ("status", "attempts", "said"),
    [
        pytest.param(503, 4, "refused .503.: .*told so", id="busy"),
        pytest.param(400, 1, "refused .400.: .*told so", id="wrong"),
        pytest.param(401, 1, "requires an API key. Set the variable QDRANT_API_KEY", id="no key"),
        pytest.param(404, 1, "no longer has this generation. Open the index again", id="gone"),
    ],
)
def test_only_what_may_pass_is_tried_again(status, attempts, said):
    calls: list[int] = []
    line = Connection(QdrantClient(":memory:"), "http://there", 30)
    with pytest.raises(ServerError, match=said):
        line.ask(refusing(status, calls))
    assert len(calls) == attempts


def test_two_indexes_on_one_server_do_not_meet():
    client = QdrantClient(":memory:")
    stores = [ServerStore(client, name, ServerSettings()) for name in ("mine", "mine-too")]
    for name, store in zip("ab", stores, strict=True):
        filled(store, point(name, 1, 0, 0))
    assert [ids(store.open().search([near(1, 0, 0)])[0]) for store in stores] == [uids("a"), uids("b")]


def test_the_current_and_the_former_generation_stay_on_the_server():
    client = QdrantClient(":memory:")
    store = ServerStore(client, "mine", ServerSettings())
    client.create_collection("mine-000009", vectors_config={})  # what a stopped build left
    for _ in range(4):
        filled(store, point("a", 1, 0, 0))
    assert {one.name for one in client.get_collections().collections} == {"mine-000003", "mine-000004"}


def test_a_collection_that_something_else_made_is_refused():
    client = QdrantClient(":memory:")
    client.create_collection("mine-000001", vectors_config={})
    alias = models.CreateAlias(collection_name="mine-000001", alias_name="mine")
    client.update_collection_aliases([models.CreateAliasOperation(create_alias=alias)])
    with pytest.raises(ServerError, match=r"mine-000001 .* has no manifest"):
        ServerStore(client, "mine", ServerSettings()).open()


def test_settings_reach_the_layout():
    settings = ServerSettings(on_disk=True, quantisation="binary", oversampling=4.0)
    assert vector_params(SCHEMA, settings)["picture"].on_disk is True
    assert isinstance(quantisation("binary"), models.BinaryQuantization)
    assert isinstance(quantisation("scalar"), models.ScalarQuantization)
    assert quantisation(None) is None
    asked = search_params(settings).quantization
    assert (asked.rescore, asked.oversampling) == (True, 4.0)
    assert search_params(ServerSettings()).quantization is None


def test_an_index_is_built_with_every_setting():
    settings = ServerSettings(shards=2, replicas=1, on_disk=True, quantisation="scalar")
    index = filled(ServerStore(QdrantClient(":memory:"), "mine", settings), point("a", 1, 0, 0))
    assert ids(index.search([near(1, 0, 0)])[0]) == uids("a")
