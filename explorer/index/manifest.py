"""What an index remembers of its making, and the refusal of vectors that were made otherwise."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from explorer.errors import WrongEncoderError
from explorer.index.points import Schema, VectorField

FILL = "explorer ingest"
REBUILD = "explorer ingest --rebuild"
"""The commands that mend an index, named here once for every message of this package."""


@dataclass(frozen=True, slots=True)
class EmbeddingConfig:
    """What vectors are made with. Only indexes of one configuration can answer each other's queries."""

    encoder: str
    fingerprint: str
    sentences: str
    schema: Schema
    version: int = 1
    """`sentences` is the fingerprint of the sentence encoder, `version` that of the payload's meaning."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One finished generation: its configuration, number, time of making (ISO 8601, UTC) and how much it holds.

    `revision` is what whoever built it calls the state that it shows.
    """

    config: EmbeddingConfig
    generation: int
    created: str
    points: int
    revision: str | None = None

    def check(self, asked: EmbeddingConfig) -> None:
        """Raise WrongEncoderError unless a query made by `asked` belongs to this index."""
        reason = _difference(self.config, asked)
        if reason:
            raise WrongEncoderError(f"{reason} Search with what made the index, or make it anew: {REBUILD}")

    def to_json(self) -> str:
        """As text, for `from_json`."""
        plain = asdict(self)
        plain["recipe"] = plain.pop("config")  # as the first version named it
        plain["recipe"]["schema"]["fields"] = dict(self.config.schema.fields)
        return json.dumps(plain, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Raise ValueError when the text is not one that `to_json` wrote."""
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
        ),
        plain["generation"],
        plain["created"],
        plain["points"],
        plain.get("revision"),
    )


def _difference(made: EmbeddingConfig, asked: EmbeddingConfig) -> str:
    if made.encoder != asked.encoder:
        return f"This index was made with {made.encoder}, and the query with {asked.encoder}."
    if made.fingerprint != asked.fingerprint:
        return f"The weights or the preprocessing of {made.encoder} changed since this index was made."
    if made.sentences != asked.sentences:
        return "This index was made with another sentence encoder."
    if (made.version, made.schema) != (asked.version, asked.schema):
        return "This index was made by another version of the explorer and has other fields."
    return ""
