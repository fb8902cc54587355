"""The comparison of vector stores on the page "Measure and compare"."""

from __future__ import annotations

import json
import time

import pyarrow as pa
import pytest
from page_reading import html_of, sentences

from explorer.index.vector_stores.listed_stores import STORES
from explorer.library.library import Library


def compared(app, seconds=120):
    """Starts the comparison, and looks again, as the page does by itself each second, until it has ended."""
    app.button(key="stores_start").click().run()
    until = time.monotonic() + seconds
    while any(button.key == "stores_stop" for button in app.button):
        assert time.monotonic() < until, "still measuring"
        time.sleep(0.3)
        app.run()
    return app


COMPARED = {"numpy", "edge-plain", "edge-int8", "edge-hnsw"}


@pytest.fixture(autouse=True)
def _few_stores(monkeypatch):
    """All of them take 20 s."""
    few = tuple(spec for spec in STORES if spec.name in COMPARED)
    monkeypatch.setattr("explorer.evaluate.stores.comparison.STORES", few)


@pytest.fixture
def searched_folder(own_folder):
    with Library.open(own_folder) as library:
        library.history.record("sailing boat")
        library.history.record("ripe tomatoes")
    return own_folder


def test_the_stores_are_shown_as_advice_a_table_and_a_chart(open_page, searched_folder):
    app = compared(open_page("compare", library=searched_folder))

    assert not app.exception
    assert not app.error
    shown = html_of(app)
    assert "Keep Edge, int8 with rescoring:" in shown
    assert '<th scope="row">Edge, int8 with rescoring (in use)</th>' in shown
    assert "by row number only" in shown
    assert any("2 different searches of the history" in caption.value for caption in app.caption)
    [chart] = app.get("vega_lite_chart")
    points = pa.ipc.open_stream(chart.proto.datasets[0].data.data).read_all().to_pylist()
    assert len(points) == len(COMPARED)
    assert {"NumPy, exact", "Edge, plain", "Edge, HNSW"} <= {point["store"] for point in points}
    assert all(point["low"] <= point["recall"] <= point["high"] for point in points)
    intervals, marks = json.loads(chart.proto.spec)["layer"]
    assert (intervals["mark"]["type"], marks["mark"]["type"]) == ("rule", "point")
    assert marks["encoding"]["x"]["scale"] == {"type": "log"}


def test_without_searches_stored_vectors_are_the_queries(open_page, own_folder):
    app = compared(open_page("compare", library=own_folder))

    assert not sentences(app)
    assert any("nobody has searched this library yet" in caption.value for caption in app.caption)


def test_visitors_from_elsewhere_cannot_start_it(open_page):
    app = open_page("compare", at_home=False)
    assert not app.button
    assert "Vector stores" not in html_of(app)
