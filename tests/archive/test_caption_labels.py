"""Captions begin with a label, in any language; what goes on as a sentence is text."""

import time

import pytest
from archive_builders import captions, issue

from explorer.archive.html.caption_marks import is_descriptive, tidy
from explorer.archive.html.labels import (
    Kind,
    caption_names,
    fold,
    kinds,
    label_of,
    opens_caption,
    without_label,
)

# fmt: off
CAPTIONS = [
    "Figure 3. The mill", "Fig. 3: x", "FIGS. 4 and 5.—Wheels", "Plate II", "PLATE IV.—The bee",
    "Image 1 - a", "Рис. 1. Порт", "Рис. 1 — Порт", "РИСУНОК 2 Порт зимой", "Рисунок № 3. Порт",
    "图1 邮船的航线示意图", "图1邮船的航线示意图", "图 1-2 邮船", "圖一：郵船", '図1\u3000渡し船の絵',
    "図１．渡し船", "第1図 渡し船の絵", "[図1] 船", "【图1】邮船", "그림 1. 배", "그림 1 우편선의 항로",
    "[그림 1] 우편선", "<그림 2> 항로", "شكل 1: القارب", "شكل (1): القارب", "شكل رقم (2) خريطة الميناء",
    "الشكل ١ - الميناء", "שרטוט 3: מפה", "איור 1. הסירה", "Obr. 1: Mapa", "Obrázek 2 Mapa ostrova",
    "Kuva 3. Satama", "Afb. 2. Het eiland", "Afbeelding 1 Het eiland", "3. ábra: A malom",
    "3. ábra. A malom", "3. ábra A malom", "2.1. ábra – Malom", "1 pav. Uostas", "1 pav.",
    "1. attēls. Osta", "1. att. Osta", "1-сурет – Порт", "1-rasm. Port", "1. irudia: Portua",
    "Joonis 1. Sadam", "Şekil 1. Liman", "ŞEKİL 2: Liman", "Resim 3 Liman", "Hình 1. Cảng",
    "Hình 2: Cảng", "รูปที่ 1 แผนที่เกาะ", "ภาพที่ ๒ ท่าเรือ", "चित्र १: नाव", "चित्र 2 नाव का मार्ग",
    "Εικ. 3. Λιμάνι", "ΣΧΗΜΑ 1: Λιμάνι", "Σχήμα 2 Το λιμάνι", "Sl. 4. Luka", "Slika 2: Luka",
    "Rys. 3. Łódź", "Ryc. 2 Łódź", "Ilustr. 3. Muelle", "Ilustración 2. El muelle", "Figure A.1: x",
    "Figure S1. x", "Figure 1a. The mill", "Figure 2(b): the mill", "Fig. IV. The mill",
    "Figure A: mill", "图①：船", 'Figura\xa02.\xa0El muelle', '\u200fشكل 1:\u200f القارب',
    "Abbildung: Mühle", "Figure 3", 'Figure 3\nThe mill', "Figure 3 The mill in winter",
    "Extended Data Fig. 2 | Cells", "ნახ. 1. ნავი", "სურათი 2 ნავსადგური", "Նկար 1. Նավ",
    "Фигура 2. Кораб", "Мал. 2. Човен", "Figur 3 – Havn", "Bild 4: Hafen", "Gambar 1. Pelabuhan",
    "Figura 2 – O porto", "Tab. 1: x", "表1 人口", "写真1 船", "FIG. 1.", "Hình số 1: Cảng",
    "Fig. n° 2 : le port", "Figure no. 3: the mill", "Figure 1 : Le port", "Figure 12-3. The mill",
    "Fig.1 The mill", "Figura 2.1.3 El muelle", "▲图1 邮船", "Zdj. 1. Łódź", "Billede 2: havn",
    "Mynd 1. Höfn", "Dealbh 1: Bàta", "Figur 1: Havn", "Ábra 1: x", "表 2: 人口", "Табела 1: x",
    "चित्र सं. 1: x", "Fig. 3.—The mill", "1.2. ábra. X", "Figure 2.4 The big mill",
]
TEXTS = [
    "Figure 3 shows the mill", "Abbildung 1 zeigt das Schiff, das", "En la Figura 2 se ve",
    "Figura 2 muestra el muelle", "La figure 1 montre", "図1に示す", "図1は船の絵である。",
    "図1のように", "如图1所示", "图1显示了邮船的航线。", "图1 为邮船", "图1中可以看到", "图1所示",
    "图1的船", "그림 1은 배이다", "그림 1에서 보듯이", "[그림 1]은 배를 보여준다", "Рис. 1 показывает",
    "На рис. 1 показан", "الشكل 1 يوضح القارب.", "شكل 1 يبين الميناء", "שרטוט 1 מציג את", "איור 1 מראה",
    "Obrázek 1 ukazuje", "Kuva 3 esittää", "Kuvassa 3 on", "Afbeelding 2 toont", "A 3. ábra mutatja",
    "3. ábra szerint a malom", "1 pav. parodyta", "Şekil 1 limanı gösterir", "Hình 1 cho thấy",
    "รูปที่ 1 แสดงแผนที่", "चित्र 1 में नाव", "Σχήμα 1 δείχνει", "Slika 1 prikazuje",
    "Rys. 3 przedstawia", "Photo c. 1920", "Figure it out", "Figures are", "In Figure 3",
    "Figure 3, which shows", "Map i want", "Plate a. x", "Figure 2 (b) shows", "Figure 2 (A) shows",
    "Fig. 2a shows", "Photo: Ann Lee", "Bild: dpa", "Foto: dpa", "图：新华社", "Figurative 3",
    "Gambar 2 menunjukkan", "Rajah 1 menunjukkan", "Table 1 lists", "表1に示す", "Slika i tekst.",
    "3. Kepler was", "1. Table of contents", "2019. Mapa", "12 Karten", "Figures 3 and 4 show mills",
    "Figure 3 and 4 show", "1. Mapa. x", "Figura 1 e i dettagli.",
]
# fmt: on
# A caption of each language as a page has it, and a sentence of it that begins alike.
PAIRS = [
    ("Figura 2. El muelle en invierno.", "La figura 2 muestra el muelle."),
    ("Rys. 3. Łódź przy nabrzeżu.", "Rys. 3 przedstawia łódź."),
    ("Рис. 1 — Порт зимой", "Рис. 1 показывает порт зимой."),
    ("图1 邮船的航线示意图", "图1显示了邮船的航线。"),
    ("図２　渡し船の絵", "図２は渡し船の絵である。"),
    ("그림 1 우편선의 항로", "그림 1은 우편선의 항로이다."),
    ("شكل 1: قارب البريد", "شكل 1 يوضح قارب البريد."),
    ("Obr. 1 Mapa ostrova", "Obr. 1 ukazuje mapu ostrova."),
    ("Kuva 3. Satama talvella", "Kuva 3 esittää satamaa."),
    ("Afb. 2. Het eiland", "Afb. 2 toont het eiland."),
    ("3. ábra: A malom", "3. ábra szerint a malom régi."),
    ("1 pav. Uostas žiemą", "1 pav. parodyta, kaip atrodo uostas."),
    ("Şekil 1. Liman", "Şekil 1 limanı gösterir."),
    ("รูปที่ 1 แผนที่เกาะ", "รูปที่ 1 แสดงแผนที่เกาะ"),
    ("Εικ. 3. Το λιμάνι", "Εικ. 3 δείχνει το λιμάνι."),
]


@pytest.mark.parametrize("text", CAPTIONS)
def test_a_label_opens_a_caption(text):
    assert opens_caption(text)


@pytest.mark.parametrize("text", TEXTS)
def test_a_sentence_opens_no_caption(text):
    assert not opens_caption(text)


@pytest.mark.parametrize(("caption", "sentence"), PAIRS)
def test_a_paragraph_below_a_picture_is_its_caption_where_it_reads_as_one(caption, sentence):
    assert captions(f"<p>Before it.</p><p><img src=a.png></p><p>{caption}</p><p>Text.</p>") == [
        ("a.png", tidy(caption))
    ]
    assert captions(f"<p>Before it.</p><p><img src=a.png></p><p>{sentence}</p><p>Text.</p>") == [
        ("a.png", None)
    ]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_name_of_the_table_is_known_in_small_letters_and_capitals(kind):
    names = [name for name in caption_names() if kinds()[name] is kind]
    assert names
    for written in (form for name in names for form in (name, name.upper())):
        label = label_of(f"{written} 12: x")
        assert label and (label.kind, label.number, label.is_stopped) == (kind, "12", True), written


def test_the_table_lists_most_languages():
    assert len(caption_names()) > 500
    assert kinds()[fold("Tabulka")] is Kind.TABLE
    assert kinds()[fold("Tafel")] is Kind.PLATE


@pytest.mark.parametrize(
    ("caption", "rest"),
    [
        ("Рис. 3. Порт", "Порт"),
        ("[図1]　渡し船", "渡し船"),
        ("3. ábra – Malom", "Malom"),
        ("Figure 3", ""),
        ("\u200fشكل ١:\u200f القارب", "القارب"),
        ("Figure it out", "Figure it out"),
    ],
)
def test_what_a_caption_says_after_its_label(caption, rest):
    assert without_label(caption) == rest


@pytest.mark.parametrize(
    "text",
    [
        "Figure " + "1" * 200_000,
        "Figure 1" + " and 2" * 50_000,
        "(" * 200_000,
        "1." * 100_000,
        "Fig" + "́" * 100_000,
    ],
)
def test_a_label_is_read_in_the_time_of_its_length(text):
    before = time.perf_counter()
    label_of(text)
    assert time.perf_counter() - before < 0.2


def test_a_caption_of_the_table_below_is_not_that_of_the_picture_above():
    table = "<table><tr><td>1</td><td>2</td></tr></table>"
    assert captions(f"<p><img src=a.png></p><p>Tabelle 1: Briefe</p>{table}") == [("a.png", None)]
    assert captions("<p><img src=a.png></p><p>Tabelle 1: Briefe</p><p>Text.</p>") == [
        ("a.png", "Tabelle 1: Briefe")
    ]


@pytest.mark.parametrize(
    "source", ["Рис. 4. Порт зимой.", "Obr. 2: Mapa ostrova.", "Rys. 3. Łódź.", "図1　渡し船の絵"]
)
def test_bare_text_has_captions_of_pictures_that_are_gone(source):
    assert captions(f"Une.\n\n{source}\n\nDeux.\n", "issue.txt") == [(None, tidy(source))]


@pytest.mark.parametrize(
    "ruby",
    [
        "渡<rt>わた</rt>し船<rt>ぶね</rt>",
        "渡<rp>(</rp><rt>わた</rt><rp>)</rp>し船<rp>(</rp><rt>ぶね</rt><rp>)</rp>",
        "<rb>渡</rb><rt>わた</rt>し<rb>船</rb><rt>ぶね</rt>",
        "渡し船<rtc><rt>わたしぶね</rt></rtc>",
        "渡し船<rt>わたしぶね",
    ],
)
def test_readings_above_words_are_no_words(ruby):
    read = issue(f"<h2><ruby>{ruby}</ruby></h2><p>朝の<ruby>{ruby}</ruby>は静か。</p><figure><img src=a.png>"
                 f"<figcaption><ruby>{ruby}</ruby>の絵</figcaption></figure>")  # fmt: skip
    assert [item.heading for item in read.items] == ["渡し船"]
    assert "朝の渡し船は静か。" in read.items[0].text
    assert read.figures[0].caption == "渡し船の絵"


@pytest.mark.parametrize(
    "marked",
    [
        'class="MsoCaption" id="x"',
        'class="caption"',
        'class="Bildunterschrift"',
        'class="legende"',
        'class="ImageCaption"',
    ],
)
def test_the_caption_styles_of_programs_that_write_pages(marked):
    page = f"<p>Before.</p><p><img src=a.png></p><p {marked}>The mill in winter</p><p>Text.</p>"
    assert captions(page) == [("a.png", "The mill in winter")]


@pytest.mark.parametrize(
    "title", ["<p><i>The mill in winter</i></p>", '<p class="caption">The mill in winter</p>']
)
def test_a_label_in_a_paragraph_of_its_own_has_the_words_after_it(title):
    page = f"<p>Before.</p><p><img src=a.png></p><p><b>Abbildung 1</b></p>{title}<p>Text.</p>"
    assert captions(page) == [("a.png", "Abbildung 1 The mill in winter")]
    plain = "<p>Before.</p><p><img src=a.png></p><p><b>Abbildung 1</b></p><p>A plain paragraph.</p>"
    assert captions(plain) == [("a.png", "Abbildung 1")]


@pytest.mark.parametrize(
    ("mark", "caption"),
    [
        ("[Foto: die Mühle]", "die Mühle"),
        ("[Bild: die Mühle]", "die Mühle"),
        ("【图片：邮船】", "邮船"),
        ("[Obrázek: mlýn]", "mlýn"),
    ],
)
def test_bare_text_says_where_a_picture_stood(mark, caption):
    assert captions(f"Une.\n\n{mark}\n\nDeux.\n", "issue.txt") == [(None, caption)]
    assert captions("Une.\n\n[Zitat: die Mühle]\n\nDeux.\n", "issue.txt") == []


@pytest.mark.parametrize("alt", ["Figure 3", "Abb. 2", "图1", "Рис. 4.", "3. ábra"])
def test_a_label_alone_says_nothing(alt):
    assert not is_descriptive(alt)
    assert is_descriptive(f"{alt}: mill")
