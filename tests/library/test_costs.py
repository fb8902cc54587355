"""What ingests cost: processor time by stage, energy as a range, CO2 by country, bytes, and what the cache saved."""

from __future__ import annotations

import json

import pytest

from explorer.errors import LibraryError, QueryError
from explorer.ingest.report import COSTS_FILE, CostMeter
from explorer.library.library import Library
from explorer.maintain.costs import energy_range, find_country, read_costs


@pytest.fixture
def ingested(archive, tmp_path):
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest(archive, encoder="lite")
        yield library


def test_an_ingest_reports_its_stages_and_the_library_adds_them_up(ingested, archive):
    first = ingested.maintenance.costs()
    assert first.runs == 1
    assert first.core_seconds["embedding"] > 0
    assert first.core_seconds["reading"] > 0
    report = ingested.archives.ingest(archive)
    both = ingested.maintenance.costs()
    assert both.runs == 2
    assert both.total_core_seconds == pytest.approx(
        first.total_core_seconds + sum(report.core_seconds.values()), abs=0.5
    )


def test_energy_is_a_range_of_watts_per_core(ingested):
    report = ingested.maintenance.costs()
    least, most = report.watts_per_core
    assert report.energy_wh == pytest.approx(
        (report.total_core_seconds * least / 3600, report.total_core_seconds * most / 3600), abs=2e-3
    )
    assert energy_range(3600) == (2.0, 15.0)


def test_what_the_cache_saved_is_what_later_runs_did_not_embed(ingested, archive):
    assert ingested.maintenance.costs().saved_pictures == 0
    ingested.archives.ingest(archive)
    report = ingested.maintenance.costs()
    assert report.saved_pictures == ingested.status().ledger.pictures
    assert report.saved_core_seconds == pytest.approx(report.core_seconds["embedding"], rel=0.2, abs=0.3)


def test_a_sync_that_changes_nothing_costs_nothing(ingested, archive):
    ingested.archives.sync()
    assert ingested.maintenance.costs().runs == 1
    (archive / "late.md").write_text("# Late\n\nA paragraph that came later.\n")
    ingested.archives.sync()
    assert ingested.maintenance.costs().runs == 2


def test_co2_needs_the_name_of_a_country(ingested):
    assert ingested.maintenance.costs().co2_grams is None
    report = ingested.maintenance.costs(country="norway")
    assert report.country == find_country("NOR")
    grams = report.country.grams_per_kwh
    assert report.co2_grams == pytest.approx(
        tuple(energy / 1000 * grams for energy in report.energy_wh), abs=1e-3
    )
    with pytest.raises(QueryError, match="Narnia"):
        ingested.maintenance.costs(country="Narnia")


def test_the_bytes_are_those_of_the_parts(ingested):
    sizes = ingested.maintenance.costs().bytes
    assert {"catalog", "pictures", "vectors", "index"} <= set(sizes)
    assert all(size > 0 for part, size in sizes.items() if part in {"catalog", "pictures", "vectors"})


def test_a_library_without_recorded_costs_tells_what_records_them(own_library):
    (own_library.path / COSTS_FILE).unlink()
    with pytest.raises(LibraryError, match="next ingest or sync"):
        own_library.maintenance.costs()


@pytest.mark.parametrize("line", ["{", "[]", "null", '{"when": 1}', '{"core_seconds": 3}', "\x00"])
def test_a_line_that_cannot_be_read_is_left_out(ingested, line):
    costs = ingested.path / COSTS_FILE
    good = costs.read_text()
    costs.write_text(f"{line}\n{good}{line}")
    assert len(read_costs(ingested.path)) == 1


def test_the_time_of_other_threads_counts_as_embedding():
    meter = CostMeter()
    with meter.stage("reading", beside="embedding"):
        sum(range(10**6))
    assert meter.core_seconds["reading"] > 0
    assert meter.core_seconds["embedding"] < meter.core_seconds["reading"] + 0.2


def test_the_energy_of_the_machine_is_measured_where_it_can_be_read(monkeypatch, tmp_path):
    counter = tmp_path / "intel-rapl:0"
    counter.mkdir()
    (counter / "energy_uj").write_text("5000000")
    monkeypatch.setattr("explorer.ingest.report._RAPL", tmp_path)
    meter = CostMeter()
    (counter / "energy_uj").write_text("12500000")
    assert meter.write(tmp_path, pictures=0, embedded=0).joules == 7.5
    assert json.loads((tmp_path / COSTS_FILE).read_text())["joules"] == 7.5
