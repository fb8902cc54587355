"""Names that nobody chose are told from words."""

import random
import string
import time

import pytest

from explorer.archive.html.machine_names import is_machine_name
from explorer.catalog.records import FigureRecord

NAMES = [
    "d41d8cd98f00b204e9800998ecf8427e", "e3b0c44298fc1c149afbf4c8996fb924", "3f2a91bc", "a1b2c3d4e5f6.jpg",
    "550e8400-e29b-41d4-a716-446655440000", "550E8400-E29B-41D4-A716-446655440000.png",
    "1f7e4b0c-9a5d-4c0f-8f0e-2b6b7a0f9a11_1456x816.png", "1*dk3GbX9sQzW2_r7YtLm0Pw.png", "0*XyZ81kq-PQ_rt55T",
    "dQw4w9WgXcQ",
    "https%3A%2F%2Fsubstack-post-media.s3.amazonaws.com%2Fpublic%2Fimages%2F1f7e4b0c-9a5d-4c0f-8f0e-2b6b7a0f9a11_1456x816.png",
    "https://cdn.example.org/media/Ab9dK2lQ8xZt.jpg", "tumblr_inline_p7xk3q8Zz11r2d8gk_540",
    "6a00d8341c630a53ef0240a4d1b2c3200b-800wi", "IMG_1234", "IMG_20210304_101112", "img-0042.jpeg", "DSC01234",
    "DSCN0042.JPG", "PXL_20230101_123456789", "P1010001.JPG", "FB_IMG_1612345678901", "received_1234567890123456",
    "20210101_123456", "1612345678901.jpg", "0012.png", "image001.png", "Screenshot 2023-10-05 at 10.12.33",
    "Screen Shot 2019-01-02 at 3.04.05 PM", "Screenshot_20230105-101233_Chrome",
    "Bildschirmfoto 2020-03-01 um 10.11.12", "Capture d’écran 2021-04-05 à 09.10.11",
    "Снимок экрана 2021-04-05 в 09.10.11", "スクリーンショット 2021-04-05 9.10.11", "截屏2021-04-05 09.10.11",
    "WhatsApp Image 2021-04-05 at 09.10.11.jpeg", "photo_2021-04-05_09-10-11", "signal-2021-04-05-091011",
    "CleanShot 2023-01-02 at 10.11.12@2x", "image-20210302112233445", "IMG 20210304", "unnamed 8f14e45fceea167a",
]  # fmt: skip
WORDS = [
    "The Anvil wins.", "sunset", "anvil-wins", "graph-dot.png", "Figure 3: results", "COVID-19", "GPT-4", "H2O",
    "NGC1300", "1984", "CO2EmissionsByCountry2020", "BRCA1/BRCA2", "Untitled, 1984", "Opening night, 2023-10-05",
    "facade", "décor", "Übersicht2020", "地図", "Рисунок", "Карта2020года", "شكل", "Αθήνα", "iPhone 15 Pro",
    "MacBookPro2019", "Windows 95", "Boeing 747-400", "R2D2", "Apollo11", "U.S. debt 1990–2020",
    "temperature_anomaly_1880_2020", "barchart2024.svg", "Photo: Ada Lovelace", "Screenshot of the new app",
    "Sales on 2023-10-05 rose 10 % after the launch of the second shop", "", "TensorFlow", "JavaScriptEngine",
    "eBay", "LaTeX", "McDonald", "Kirchhoff", "Rhythm", "Światłowód", "Nguyễn",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_a_machine_gave(name):
    assert is_machine_name(name)


@pytest.mark.parametrize("words", WORDS)
def test_words_are_words(words):
    assert not is_machine_name(words)


@pytest.mark.parametrize("name", NAMES)
def test_a_list_shows_the_next_text_that_says_something(name):
    empty = dict.fromkeys(FigureRecord.__dataclass_fields__)
    figure = FigureRecord(
        **{**empty, "caption": name, "alt": name, "heading": "The harbour", "issue_title": "May"}
    )
    assert figure.label == "The harbour"


def test_what_chance_writes_is_a_name_nearly_always():
    chance = random.Random(1)
    letters = string.ascii_letters + string.digits + "-_"
    written = ["".join(chance.choices(letters, k=chance.randint(16, 32))) for _ in range(1000)]
    assert sum(map(is_machine_name, written)) > 900


def test_nothing_costs_its_square():
    started = time.perf_counter()
    for text in ("2021-01-01 " * 30, "aB" * 150, "1" * 300, "%2f" * 100, "x" * 1_000_000, "- " * 150):
        is_machine_name(text)
    assert time.perf_counter() - started < 0.5
