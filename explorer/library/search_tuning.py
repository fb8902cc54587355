"""What the last self-test of a library found out for its searches: the early exit, and the gain of each leg."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any

from explorer.errors import LibraryError
from explorer.evaluate import history
from explorer.representation.legs import LEGS
from explorer.search.geometry import VERIFY_ALL, ExitRule


def fitted_exit_rule(folder: Path, encoder: str) -> ExitRule | None:
    """Return the rule that was fitted to the library with this encoder; None if there is none."""
    fitted = _last_selftest(folder, encoder).get("early_exit")
    if not isinstance(fitted, dict) or "closeness" not in fitted:
        return None
    closeness = fitted["closeness"]
    if closeness is None:
        return VERIFY_ALL
    return ExitRule(float(closeness)) if _is_share(closeness) else None


def measured_gains(folder: Path, encoder: str) -> Mapping[str, float]:
    """Return the gain of each leg that was measured with this encoder, by name."""
    gains = _last_selftest(folder, encoder).get("gains")
    if not isinstance(gains, dict):
        return {}
    return {leg: float(gain) for leg, gain in gains.items() if leg in LEGS and _is_share(gain)}


def _last_selftest(folder: Path, encoder: str) -> Mapping[str, Any]:
    """Return the last self-test, or nothing if it was made with another encoder. Its file may come from a stranger."""
    with suppress(LibraryError):
        entry = history.last(folder)
        if entry is not None and history.is_selftest(entry) and entry["encoder"] == encoder:
            return entry
    return {}


def _is_share(value: object) -> bool:
    return type(value) in (int, float) and isfinite(value) and 0 <= value <= 1  # type: ignore[arg-type, operator]
