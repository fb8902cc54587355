"""The generations of an index on a server: names, the alias to the current one, leftovers of stopped builds.

    NAME            an alias: the current generation
    NAME-000007     a collection: one generation, with its manifest in the collection's metadata, written last

A new generation is written beside the current one and becomes current when the alias moves, in one request.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from qdrant_client import QdrantClient, models

from explorer.errors import IndexMissingError, ServerError
from explorer.index.points import Schema
from explorer.index.server.collection import ServerCollection
from explorer.index.server.connection import Connection
from explorer.index.server.requests import PAYLOAD_TYPES, quantisation, sparse_params, vector_params
from explorer.index.server.settings import ServerSettings
from explorer.index.store import INGEST_COMMAND, REBUILD_COMMAND, Manifest

KEEP_GENERATIONS = 2
"""Number of generations kept: the current one, and one that readers may have open. Each takes its full size."""

METADATA_KEY = "archive-explorer"


@dataclass(frozen=True, slots=True)
class ServerGenerations:
    """All generations of the index `name`."""

    connection: Connection
    name: str

    def collection(self, number: int) -> ServerCollection:
        """Return the collection of a generation."""
        return ServerCollection(self.connection, f"{self.name}-{number:06d}")

    def current(self) -> int | None:
        """Return the number of the generation that the alias names, or None if no generation was ever finished."""
        aliases = self.connection.ask(lambda client: client.get_aliases()).aliases
        targets = [alias.collection_name for alias in aliases if alias.alias_name == self.name]
        return self._number(targets[0]) if targets else None

    def newest(self) -> int:
        """Return the number of the current generation. Raises IndexMissingError if there is none."""
        current = self.current()
        if current is None:
            raise IndexMissingError(
                f"Nothing is indexed at {self.connection.shown_address} yet. "
                f"Index an archive first: {INGEST_COMMAND} ARCHIVE"
            )
        return current

    def read_manifest(self, number: int) -> Manifest:
        """Return the manifest of a generation. Raises ServerError if the collection has none."""
        collection = self.collection(number)
        metadata = collection.ask(lambda client, name: client.get_collection(name)).config.metadata or {}
        try:
            return Manifest.from_json(str(metadata[METADATA_KEY]))
        except (KeyError, ValueError) as error:
            raise ServerError(
                f"Collection {collection.name} at {self.connection.shown_address} has no manifest. "
                "Another program or a server older than 1.16 made it. "
                f"Rebuild it on a current server: {REBUILD_COMMAND}"
            ) from error

    def create(self, number: int, schema: Schema, settings: ServerSettings) -> ServerCollection:
        """Create an empty collection. It has payload indexes from the start, because graphs are built for them."""
        collection = self.collection(number)
        collection.ask(
            # An earlier attempt may have created it although its response was lost.
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
        if not self.connection.in_process:
            for field, kind in schema.fields.items():
                collection.ask(_field_index(field, PAYLOAD_TYPES[kind]))
        return collection

    def finalize(self, manifest: Manifest, settings: ServerSettings) -> None:
        """Write the manifest, wait for the graphs, and make this generation the current one."""
        collection = self.collection(manifest.generation)
        metadata = {METADATA_KEY: manifest.to_json()}
        collection.ask(lambda client, name: client.update_collection(name, metadata=metadata))
        _settle(collection, settings.settle)
        self._move_alias(collection)
        self.drop(lambda number: number <= manifest.generation - KEEP_GENERATIONS)

    def remove(self) -> None:
        """Delete all generations, and with them the alias."""
        self.drop(lambda number: True)  # noqa: ARG005

    def drop(self, is_dropped: Callable[[int], bool]) -> None:
        """Delete the collections of the generations whose numbers fulfil a predicate."""
        collections = self.connection.ask(lambda client: client.get_collections()).collections
        for name in [collection.name for collection in collections]:
            number = self._number(name)
            if number is not None and is_dropped(number):
                self._delete(name)

    def _number(self, collection: str) -> int | None:
        match = re.fullmatch(rf"{re.escape(self.name)}-(\d{{6,}})", collection)
        return int(match[1]) if match else None

    def _delete(self, collection: str) -> None:
        self.connection.ask(lambda client: client.delete_collection(collection))

    def _move_alias(self, collection: ServerCollection) -> None:
        new_alias = models.CreateAlias(collection_name=collection.name, alias_name=self.name)
        operations: list[models.AliasOperations] = [models.CreateAliasOperation(create_alias=new_alias)]
        if self.current() is not None:
            old_alias = models.DeleteAlias(alias_name=self.name)
            operations.insert(0, models.DeleteAliasOperation(delete_alias=old_alias))
        self.connection.ask(lambda client: client.update_collection_aliases(operations))


def _field_index(field: str, kind: models.PayloadSchemaType) -> Callable[[QdrantClient, str], object]:
    return lambda client, name: client.create_payload_index(name, field, kind, wait=True)


def _settle(collection: ServerCollection, seconds: int) -> None:
    """Wait until the graphs are built. Until then every vector is compared: slow on a large library, but correct."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        info = collection.ask(lambda client, name: client.get_collection(name))
        if info.status == models.CollectionStatus.GREEN:
            return
        time.sleep(0.5)
