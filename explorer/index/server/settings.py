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

    def check(self) -> None:
        """ValueError or TypeError where a field holds what it cannot."""
        wholes = [it for it in (self.shards, self.replicas, self.timeout, self.settle) if it is not None]
        if any(not isinstance(it, int) or isinstance(it, bool) or it < 0 for it in wholes):
            raise ValueError("shards, replicas and seconds are whole numbers")
        if not isinstance(self.on_disk, bool) or self.quantisation not in (None, "scalar", "binary"):
            raise ValueError("on_disk is true or false, quantisation scalar or binary")
        if isinstance(self.oversampling, bool) or not 1 <= self.oversampling <= 100:
            raise ValueError("oversampling is a number from 1 to 100")
