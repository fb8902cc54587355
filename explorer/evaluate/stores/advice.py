"""The sentence of advice below a comparison of stores."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from explorer.evaluate.stores.measuring import StoreMeasurement
from explorer.index.vector_stores.listed_stores import EXPLORER_INDEX

ENOUGH_MS: Final = 5.0
"""A leg that is compared in less time needs no faster store: encoding the query takes longer."""
LEAST_RECALL: Final = 0.98
WORTHWHILE: Final = 1.5
"""How many times as fast another store must be to be worth a change; smaller differences are noise."""


def advice(
    measured: Mapping[str, StoreMeasurement],
    labels: Mapping[str, str],
    with_filters: Collection[str],
    used: str | None,
    vectors: int,
) -> str:
    """Return one sentence: keep the store that the library uses, or which one would be faster.

    If `used` is None, the library is on a server that was not measured; its index in a folder takes the place.
    Only stores with filters and a recall@10 of at least LEAST_RECALL are recommended: every search has a filter.
    """
    suitable = {
        name: values
        for name, values in measured.items()
        if name in with_filters and values.recall.value >= LEAST_RECALL
    }
    fastest = min(suitable, key=lambda name: suitable[name].p50_ms, default=None)
    if fastest is None:
        return f"No store with filters reached a recall@10 of {LEAST_RECALL}, so nothing can be recommended."
    present_name = used or EXPLORER_INDEX
    if present_name not in suitable:
        return f"Use {labels[fastest]}: {_times(suitable[fastest], vectors)}."
    present, best = suitable[present_name], suitable[fastest]
    keep = f"{'Keep' if used else 'Use'} {labels[present_name]}: {_times(present, vectors)}"
    if present.p50_ms <= ENOUGH_MS:
        return f"{keep}, and below {ENOUGH_MS:g} ms no other store makes a difference that you notice."
    if present.p50_ms < WORTHWHILE * best.p50_ms:
        return f"{keep}, and no store with filters and the same results is clearly faster."
    return (
        f"{labels[fastest]} would be {present.p50_ms / best.p50_ms:.1f} times as fast as {labels[present_name]}: "
        f"{_times(best, vectors)} instead of {_milliseconds(present.p50_ms)}; it takes {best.load_s:.0f} s to load."
    )


def _times(values: StoreMeasurement, vectors: int) -> str:
    return (
        f"a search of {vectors:,} vectors takes {_milliseconds(values.p50_ms)} here "
        f"(p95 {_milliseconds(values.p95_ms)}) with a recall@10 of {values.recall.value:.3f}"
    )


def _milliseconds(value: float) -> str:
    return f"{value:.2f} ms" if value < 1 else f"{value:.1f} ms"
