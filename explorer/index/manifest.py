"""The manifest of an index: how its vectors were made. Queries whose vectors were made differently are refused."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from embeddings.runtimes import F32, PRECISIONS, Precision
from explorer.errors import WrongEncoderError
from explorer.index.points import Schema, VectorField

INGEST_COMMAND = "explorer ingest"
REBUILD_COMMAND = "explorer ingest --rebuild"
"""The commands that repair an index, for the messages of this package."""


@dataclass(frozen=True, slots=True)
class EmbeddingConfig:
    """How vectors are made. A query can only search an index of the same configuration."""

    encoder: str
    fingerprint: str
    sentences: str
    schema: Schema
    version: int = 1
    """`sentences` is the fingerprint of the sentence encoder, `version` the version of the fields."""
    precision: Precision = F32
    sentences_precision: Precision = F32
    """The precision of the encoder and of the sentence encoder."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A finished generation: its configuration, number, time of creation (ISO 8601, UTC) and number of points.

    `revision` identifies the state of the source that the generation shows; its builder chooses it.
    """

    config: EmbeddingConfig
    generation: int
    created: str
    points: int
    revision: str | None = None

    def check(self, query_config: EmbeddingConfig) -> None:
        """Raise WrongEncoderError if queries of another configuration cannot search this index."""
        reason = _difference(self.config, query_config)
        if reason:
            raise WrongEncoderError(
                f"{reason} Search with the encoder of the index, or rebuild the index: {REBUILD_COMMAND}"
            )

    def to_json(self) -> str:
        """Return the manifest as text for `from_json`."""
        plain = asdict(self)
        plain["recipe"] = plain.pop("config")  # the name in the first version
        plain["recipe"]["schema"]["fields"] = dict(self.config.schema.fields)
        return json.dumps(plain, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Parse the text of `to_json`. Raises ValueError for any other text."""
        try:
            return _manifest(json.loads(text))
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a manifest: {error!r}") from error


def _manifest(plain: dict[str, Any]) -> Manifest:
    config = plain["recipe"]
    schema = config["schema"]
    return Manifest(
        EmbeddingConfig(
            config["encoder"],
            config["fingerprint"],
            config["sentences"],
            Schema(
                tuple(VectorField(**field) for field in schema["vectors"]),
                tuple(schema["sparse"]),
                dict(schema["fields"]),
            ),
            config["version"],
            _precision(config.get("precision", F32)),
            _precision(config.get("sentences_precision", F32)),
        ),
        plain["generation"],
        plain["created"],
        plain["points"],
        plain.get("revision"),
    )


def _precision(name: str) -> Precision:
    for precision in PRECISIONS:
        if name == precision:
            return precision
    raise ValueError(f"not a precision: {ascii(name)[:80]}")


def _difference(index_config: EmbeddingConfig, query_config: EmbeddingConfig) -> str:
    if index_config.encoder != query_config.encoder:
        return f"This index was made with {index_config.encoder}, and the query with {query_config.encoder}."
    if index_config.fingerprint != query_config.fingerprint:
        return (
            f"The weights or the preprocessing of {index_config.encoder} changed since this index was made."
        )
    if index_config.sentences != query_config.sentences:
        return "This index was made with another sentence encoder."
    if (index_config.version, index_config.schema) != (query_config.version, query_config.schema):
        return "This index was made by another version of Archive Explorer and has other fields."
    return ""
