"""The generations of an index on a server: names, the alias to the current one, leftovers of stopped builds.

    NAME            an alias: the current generation
    NAME-000007     a collection: one generation, its manifest in the collection's metadata, written last

A new generation is written beside the current one and becomes current when the alias moves, in one request.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from qdrant_client import QdrantClient, models

from explorer.errors import IndexMissingError, ServerError
from explorer.index.manifest import FILL, REBUILD, Manifest
from explorer.index.points import Schema
from explorer.index.server.collection import ServerCollection
from explorer.index.server.connection import Connection
from explorer.index.server.requests import KINDS, quantisation, sparse_params, vector_params
from explorer.index.server.settings import ServerSettings

KEEP = 2
"""Generations kept: the current one, and one that readers may have open. Each costs the server its size."""

METADATA = "archive-explorer"


@dataclass(frozen=True, slots=True)
class ServerGenerations:
    """All generations of the index called `name`."""

    line: Connection
    name: str

    def collection(self, number: int) -> ServerCollection:
        """The collection that holds this generation."""
        return ServerCollection(self.line, f"{self.name}-{number:06d}")

    def current(self) -> int | None:
        """The generation that the alias stands for; None where nothing was ever finished."""
        aliases = self.line.ask(lambda client: client.get_aliases()).aliases
        targets = [one.collection_name for one in aliases if one.alias_name == self.name]
        return self._number(targets[0]) if targets else None

    def newest(self) -> int:
        """The current generation; IndexMissingError where there is none."""
        current = self.current()
        if current is None:
            raise IndexMissingError(
                f"Nothing is indexed at {self.line.place} yet. Index an archive first: {FILL} ARCHIVE"
            )
        return current

    def read_manifest(self, number: int) -> Manifest:
        """What made it; ServerError where the collection does not say."""
        collection = self.collection(number)
        metadata = collection.ask(lambda client, name: client.get_collection(name)).config.metadata or {}
        try:
            return Manifest.from_json(str(metadata[METADATA]))
        except (KeyError, ValueError) as error:
            raise ServerError(
                f"Collection {collection.name} at {self.line.place} has no manifest: something else made it, "
                f"or a server older than 1.16. Make it anew on a current one: {REBUILD}"
            ) from error

    def create(self, number: int, schema: Schema, settings: ServerSettings) -> ServerCollection:
        """An empty collection, with payload indexes from the start: graphs are built with those in view."""
        collection = self.collection(number)
        collection.ask(
            # Asked first: an earlier attempt may have made it, and its answer been lost.
            lambda client, name: (
                client.collection_exists(name)
                or client.create_collection(
                    name,
                    vectors_config=vector_params(schema, settings),
                    sparse_vectors_config=sparse_params(schema),
                    quantization_config=quantisation(settings.quantisation),
                    shard_number=settings.shards,
                    replication_factor=settings.replicas,
                )
            )
        )
        if not self.line.in_process:
            for field, kind in schema.fields.items():
                collection.ask(_field_index(field, KINDS[kind]))
        return collection

    def finalize(self, manifest: Manifest, settings: ServerSettings) -> None:
        """Write the manifest, wait for the graphs, and make this generation the current one."""
        collection = self.collection(manifest.generation)
        metadata = {METADATA: manifest.to_json()}
        collection.ask(lambda client, name: client.update_collection(name, metadata=metadata))
        _settle(collection, settings.settle)
        self._move_alias(collection)
        self.drop(lambda number: number <= manifest.generation - KEEP)

    def remove(self) -> None:
        """Delete them all, and with them the alias."""
        self.drop(lambda number: True)  # noqa: ARG005

    def drop(self, which: Callable[[int], bool]) -> None:
        """Delete the collections of these generations."""
        collections = self.line.ask(lambda client: client.get_collections()).collections
        for name in [one.name for one in collections]:
            number = self._number(name)
            if number is not None and which(number):
                self._delete(name)

    def _number(self, collection: str) -> int | None:
        match = re.fullmatch(rf"{re.escape(self.name)}-(\d{{6,}})", collection)
        return int(match[1]) if match else None

    def _delete(self, collection: str) -> None:
        self.line.ask(lambda client: client.delete_collection(collection))

    def _move_alias(self, collection: ServerCollection) -> None:
        here = models.CreateAlias(collection_name=collection.name, alias_name=self.name)
        moves: list[models.AliasOperations] = [models.CreateAliasOperation(create_alias=here)]
        if self.current() is not None:
            gone = models.DeleteAlias(alias_name=self.name)
            moves.insert(0, models.DeleteAliasOperation(delete_alias=gone))
        self.line.ask(lambda client: client.update_collection_aliases(moves))


def _field_index(field: str, kind: models.PayloadSchemaType) -> Callable[[QdrantClient, str], object]:
    return lambda client, name: client.create_payload_index(name, field, kind, wait=True)


def _settle(collection: ServerCollection, seconds: int) -> None:
    """Wait for the graphs. Until then every vector is compared: slow on a large library, never wrong."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        info = collection.ask(lambda client, name: client.get_collection(name))
        if info.status == models.CollectionStatus.GREEN:
            return
        time.sleep(0.5)
