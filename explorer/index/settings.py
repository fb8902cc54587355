"""How an index is laid out on a server. Nothing here imports the client."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What grows with the library; None leaves it to the server.

    With `quantisation` the server searches small copies of the vectors (int8: a quarter; binary: a 32nd) and
    rescores `oversampling` times as many candidates as asked for with the vectors themselves.
    """

    shards: int | None = None
    replicas: int | None = None
    on_disk: bool = False
    quantisation: Literal["scalar", "binary"] | None = None
    oversampling: float = 3.0
    timeout: int = 30
    """Seconds that one request may take, and about how long a failing one is tried again."""
    settle: int = 600
    """Seconds that a new generation may take to build its graphs before it is switched to as it is."""
