"""Libraries of explorers whose legs, and so the fields of their indexes, had other names."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from explorer.catalog.filters import Filters
from explorer.errors import QueryError
from explorer.index import Filter, HasVector, Leg, Nearest
from explorer.library.library import Library
from explorer.representation.fields import FIELDS_VERSION
from explorer.representation.old_names import PRESENT_LEG_NAMES
from explorer.web.state.views import SearchView

WITH_OLD_NAMES = 3  # the last version of the fields with the old names
OLD = {present: old for old, present in PRESENT_LEG_NAMES.items()}


def with_old_names(vectors):
    return {OLD.get(name, name): vector for name, vector in vectors.items()}


@pytest.fixture
def old_library(own_folder):
    """A library whose index an older explorer made: the same points, under the old names."""
    with Library.open(own_folder) as library:
        store = library._context.index_store
        index = store.open()
        config = index.manifest.config
        fields = tuple(replace(it, name=OLD.get(it.name, it.name)) for it in config.schema.vectors)
        old = replace(config, schema=replace(config.schema, vectors=fields), version=WITH_OLD_NAMES)
        with store.build(old) as build:
            for kept in index.raw_points(list(index.digests())):
                payload = with_old_names(kept.point.payload)
                build.upsert(
                    [replace(kept.point, vectors=with_old_names(kept.point.vectors), payload=payload)]
                )
            build.commit(index.manifest.revision)
        index.close()
    return own_folder


def answers(library, archive):
    """What a search by words, by a picture and by a liked figure finds, and why."""
    boat = archive / "images" / "boat.png"
    liked = library.browse.figures(limit=1)[0].id
    results = (
        library.search("blue boat", kind="any"),
        library.search(picture=boat),
        library.search(like=liked),
    )
    return [
        [(hit.id, round(hit.score, 4), {leg: it.region for leg, it in hit.why.items()}) for hit in result]
        for result in results
    ]


def test_an_older_library_answers_as_it_did(old_library, library, archive):
    with Library.open(old_library) as opened:
        found = answers(opened, archive)

        assert found == answers(library, archive)
        assert {"visual", "regions", "sentence"} <= {
            leg for hits in found for _, _, why in hits for leg in why
        }


def test_the_next_sync_makes_the_index_with_the_present_names_without_an_encoder(old_library, monkeypatch):
    with Library.open(old_library) as opened:
        monkeypatch.setattr("embeddings.lite.LiteEncoder.encode_pictures", None)
        opened.archives.sync()
        manifest = opened._context.index_store.manifest()

        assert manifest.config.version == FIELDS_VERSION
        assert {field.name for field in manifest.config.schema.vectors} >= {"visual", "regions", "sentence"}


def test_all_that_an_index_promises_holds_for_an_older_one(old_library):
    with Library.open(old_library) as opened:
        index = opened._context.indexes.index()
        [vector, *_] = index.sample("visual", 5)
        where = Filter((HasVector("visual"),))
        [found] = index.search([Leg("visual", Nearest(vector), 1, where)])
        [point] = index.fetch([found[0].id], ["visual", "regions"])

        assert set(point.vectors) == {"visual", "regions"}
        assert "regions" in point.payload
        assert index.count(where) == len(index.sample("visual", 1000, where))
        assert dict(index.facet("kind", where))["figure"] == index.count(where)


def test_a_link_with_an_old_name_is_understood():
    assert SearchView.of({"w": ["meaning:0.5,terms:1"]}).weights == (("sentence", 0.5), ("terms", 1.0))


def test_the_manifest_of_a_generation_is_read_by_older_explorers(own_library):
    text = own_library._context.index_store.manifest().to_json()

    assert {"encoder", "fingerprint", "sentences", "schema", "version"} <= set(json.loads(text)["recipe"])


def test_an_index_without_the_fields_of_traits_is_searched_until_the_next_sync(own_folder):
    with Library.open(own_folder) as library:
        expected = [hit.id for hit in library.search("blue boat")]
        store = library._context.index_store
        index = store.open()
        config = index.manifest.config
        fields = {name: kind for name, kind in config.schema.fields.items() if name != "colours"}
        with store.build(replace(config, schema=replace(config.schema, fields=fields), version=4)) as build:
            for kept in index.raw_points(list(index.digests())):
                payload = {name: value for name, value in kept.point.payload.items() if name != "colours"}
                build.upsert([replace(kept.point, payload=payload)])
            build.commit(index.manifest.revision)
        index.close()
    with Library.open(own_folder) as library:
        assert [hit.id for hit in library.search("blue boat")] == expected
        with pytest.raises(QueryError, match=r"no filter colour\. Update it: explorer sync"):
            library.search("boat", filters=Filters(colour="blue"))
        library.archives.sync()
        assert library.search("boat", filters=Filters(colour="white")).hits
