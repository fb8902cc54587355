"""The layout of an index on a server. Imports no client."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Settings for large libraries; None means the default of the server.

    With `quantisation` the server searches quantised vectors (int8: a quarter of the size; binary: a 32nd) and
    rescores `oversampling` times as many candidates as requested with the full vectors.
    """

    shards: int | None = None
    replicas: int | None = None
    on_disk: bool = False
    quantisation: Literal["scalar", "binary"] | None = None
    oversampling: float = 3.0
    timeout: int = 30
    """Seconds that one request may take, and about how long a failing request is retried."""
    settle: int = 600
    """Seconds to wait for the graphs of a new generation before it becomes current without them."""

    def check(self) -> None:
        """Raise ValueError or TypeError if a field has an invalid value."""
        integers = [
            value for value in (self.shards, self.replicas, self.timeout, self.settle) if value is not None
        ]
        if any(not isinstance(value, int) or isinstance(value, bool) or value < 0 for value in integers):
            raise ValueError("shards, replicas and seconds must be whole numbers")
        if not isinstance(self.on_disk, bool) or self.quantisation not in (None, "scalar", "binary"):
            raise ValueError("on_disk must be true or false, quantisation scalar or binary")
        if isinstance(self.oversampling, bool) or not 1 <= self.oversampling <= 100:
            raise ValueError("oversampling must be a number from 1 to 100")
