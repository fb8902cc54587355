"""What the ingests of a library cost: processor time, bytes, energy, carbon dioxide, and what the cache saved.

The report begins with the four Ms of D. Patterson et al., "The Carbon Footprint of Machine Learning Training Will Plateau,
Then Shrink" (2022): model, machine, mechanisation, map. Energy is a range, because the power of a core is not known.
Nothing is looked up: `carbon_intensity.json` has the grams of CO2 per kWh of electricity by country (ISO 3166-1 alpha-3)
with the year, from Our World in Data (Ember and Energy Institute, CC BY 4.0), as packaged by codecarbon 3.3.2.
"""

from __future__ import annotations

import json
import os
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from explorer.errors import LibraryError, QueryError
from explorer.ingest.report import COSTS_FILE, EMBEDDING, RunCost

WATTS_PER_CORE: Final = (2.0, 15.0)
"""The power of a busy core with its share of the processor: thermal design power by cores is 2.5 W (Apple M2), 4 W (AMD
EPYC 9654), 6 W (Intel Xeon 8480+), 14 W (Intel Core i7-13700 at its highest power)."""
JOULES_PER_WH: Final = 3600.0
_COUNTRIES_FILE: Final = Path(__file__).with_name("carbon_intensity.json")


@dataclass(frozen=True, slots=True)
class Country:
    """The grams of CO2 that a kWh of electricity costs in a country, in a year."""

    code: str
    name: str
    grams_per_kwh: float
    year: int


@dataclass(frozen=True, slots=True)
class CostReport:
    """The cost of all ingests of a library.

    Energy is in Wh and CO2 in grams, each from the least to the most. `measured_wh` is the energy of the whole machine
    during the runs, where the system lets it be read (RAPL). `saved_pictures` were not embedded again by later runs, because
    their vectors were cached; `saved_core_seconds` is what that would have taken.
    """

    model: str
    machine: str
    mechanisation: str
    country: Country | None
    runs: int
    core_seconds: Mapping[str, float]
    watts_per_core: tuple[float, float]
    energy_wh: tuple[float, float]
    measured_wh: float | None
    co2_grams: tuple[float, float] | None
    bytes: Mapping[str, int]
    saved_pictures: int
    saved_core_seconds: float

    @property
    def total_core_seconds(self) -> float:
        """The core-seconds of all stages."""
        return sum(self.core_seconds.values())


def report_costs(folder: Path, model: str, runtime: str, country: str | None) -> CostReport:
    """Return the cost of a library, with CO2 if a country is named by its code or its English name.

    Raises LibraryError if no run was recorded, and QueryError for an unknown country.
    """
    runs = read_costs(folder)
    if not runs:
        raise LibraryError(
            f"{folder} was made before costs were recorded. The next ingest or sync records its cost."
        )
    place = find_country(country) if country else None
    core_seconds: Counter[str] = Counter()
    for run in runs:
        core_seconds.update(run.core_seconds)
    energy = energy_range(sum(core_seconds.values()))
    joules = [run.joules for run in runs if run.joules is not None]
    saved = sum(run.pictures - run.embedded for run in runs)
    return CostReport(
        model=model,
        machine=f"{_processor()}, {os.cpu_count()} cores",
        mechanisation=f"{runtime}, on this machine",
        country=place,
        runs=len(runs),
        core_seconds={stage: round(seconds, 1) for stage, seconds in core_seconds.items()},
        watts_per_core=WATTS_PER_CORE,
        energy_wh=energy,
        measured_wh=round(sum(joules) / JOULES_PER_WH, 3) if len(joules) == len(runs) else None,
        co2_grams=_grams(energy, place) if place else None,
        bytes=_bytes_by_part(folder),
        saved_pictures=saved,
        saved_core_seconds=round(saved * _seconds_per_picture(runs), 1),
    )


def read_costs(folder: Path) -> list[RunCost]:
    """Return the costs of the runs of a library, oldest first. Lines that cannot be read are left out."""
    try:
        lines = (folder / COSTS_FILE).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    runs = []
    for line in lines:
        with suppress(
            ValueError, TypeError, KeyError, AttributeError
        ):  # a line that was cut short by a crash
            runs.append(_run_cost(json.loads(line)))
    return runs


def _run_cost(plain: Mapping[str, Any]) -> RunCost:
    joules = plain["joules"]
    return RunCost(
        when=str(plain["when"]),
        core_seconds={str(stage): float(seconds) for stage, seconds in plain["core_seconds"].items()},
        pictures=int(plain["pictures"]),
        embedded=int(plain["embedded"]),
        joules=None if joules is None else float(joules),
    )


def energy_range(core_seconds: float) -> tuple[float, float]:
    """Return the least and the most energy of this processor time in Wh."""
    least, most = (round(core_seconds * watts / JOULES_PER_WH, 3) for watts in WATTS_PER_CORE)
    return least, most


def find_country(name: str) -> Country:
    """Return a country by its code (DEU) or its English name. Raises QueryError if the table does not have it."""
    wanted = name.strip().casefold()
    for code, (title, grams, year) in json.loads(_COUNTRIES_FILE.read_text(encoding="utf-8")).items():
        if wanted in (code.casefold(), title.casefold()):
            return Country(code, title, grams, year)
    raise QueryError(
        f"{name!r} is not in the table of countries. Write its English name or its code of three letters, like DEU."
    )


def _grams(energy_wh: tuple[float, float], country: Country) -> tuple[float, float]:
    least, most = (round(energy / 1000 * country.grams_per_kwh, 3) for energy in energy_wh)
    return least, most


def _seconds_per_picture(runs: Sequence[RunCost]) -> float:
    """Return the core-seconds of embedding a picture with the texts around it, as far as runs embedded any."""
    embedded = [run for run in runs if run.embedded]
    seconds = sum(run.core_seconds.get(EMBEDDING, 0.0) for run in embedded)
    pictures = sum(run.embedded for run in embedded)
    return seconds / pictures if pictures else 0.0


def _bytes_by_part(folder: Path) -> dict[str, int]:
    """Return the bytes that each part of a library takes on the disk; files that generations share count once."""
    sizes: Counter[str] = Counter()
    seen: set[tuple[int, int]] = set()
    for path in folder.rglob("*"):
        with suppress(OSError):  # deleted meanwhile
            stat = path.lstat()
            if path.is_dir() or (stat.st_dev, stat.st_ino) in seen:
                continue
            seen.add((stat.st_dev, stat.st_ino))
            part = path.relative_to(folder).parts[0].partition(".")[0]
            sizes[part] += getattr(stat, "st_blocks", -(-stat.st_size // 512)) * 512
    return dict(sizes.most_common())


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
