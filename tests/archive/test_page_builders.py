"""Posts that were made with page builders: their pictures and words are read, their shortcodes are neither."""

import json
from base64 import b64encode
from urllib.parse import quote

import pytest
from archives_on_disk import issues_in
from wordpress_builders import SITE, export, meta, post, upload

UPLOADS = f"{SITE}/wp-content/uploads"
WHEEL = f"{UPLOADS}/wheel.jpg"
LIBRARY = (
    upload(5, "wheel.jpg", "A wheel", "The wheel <em>turns</em>."),
    upload(4, "lock.jpg", "A lock"),
    upload(6, "race.jpg", "A race", parent=1, place=2),
    upload(7, "pond.jpg", "A pond", parent=1, place=1),
    upload(8, "plan.pdf", parent=1),
)
PACKED = b64encode(quote(f'<img src="{UPLOADS}/lock.jpg">', safe="").encode()).decode()
WORDS = "We went to the mill, and it stood still."


def the_issue(tmp_path, content, more="", library=LIBRARY):
    [read] = issues_in(tmp_path, {"export.xml": export(post(content, more=more), *library)})
    return read


def rows(read):
    return [(it.image.removeprefix(f"{UPLOADS}/"), it.alt, it.caption) for it in read.figures]


BUILT = {
    "Divi": (
        f'[et_pb_section bb_built="1"][et_pb_row][et_pb_image src="{WHEEL}" alt="Mine" url="{UPLOADS}/lock.jpg" /]'
        f'[et_pb_text admin_label="T"]<p>{WORDS}</p>[/et_pb_text][/et_pb_row][/et_pb_section]',
        [("wheel.jpg", "Mine", "The wheel turns.")],
    ),
    "Divi, closed": (
        f'[et_pb_image src="{WHEEL}" alt="The %22big%22 wheel"][/et_pb_image][et_pb_text]{WORDS}[/et_pb_text]',
        [("wheel.jpg", 'The "big" wheel', "The wheel turns.")],
    ),
    "Divi gallery": (
        f'[et_pb_gallery gallery_ids="5,4"][/et_pb_gallery]\n{WORDS}',
        [("wheel.jpg", "A wheel", "The wheel turns."), ("lock.jpg", "A lock", None)],
    ),
    "Divi blurb": (
        f'[et_pb_blurb title="Mills" image="{UPLOADS}/lock.jpg" alt="Lock"]{WORDS}[/et_pb_blurb]',
        [("lock.jpg", "Lock", None)],
    ),
    "WPBakery": (
        f'[vc_row css=".a{{margin: 7px !important;}}"][vc_column width="1/2"][vc_single_image image="5" img_size="full" link="#"]'
        f"[/vc_column][vc_column][vc_column_text]{WORDS}[/vc_column_text][/vc_column][/vc_row]",
        [("wheel.jpg", "A wheel", "The wheel turns.")],
    ),
    "WPBakery gallery": (
        f'[vc_row][vc_gallery type="image_grid" images="4,5"][/vc_row]{WORDS}',
        [("lock.jpg", "A lock", None), ("wheel.jpg", "A wheel", "The wheel turns.")],
    ),
    "WPBakery, quotes set by a typographer": (
        f"[vc_single_image image=”4″ img_size=”medium”]\n\n{WORDS}",
        [("lock.jpg", "A lock", None)],
    ),
    "WPBakery, packed HTML": (
        f"[vc_raw_html]{PACKED}[/vc_raw_html]{WORDS}",
        [("lock.jpg", "A lock", None)],
    ),
    "Avada": (
        f'[fusion_builder_container type="flex"][fusion_imageframe image_id="4|full" alt="" link=""]{UPLOADS}/lock.jpg'
        f"[/fusion_imageframe][fusion_text]<p>{WORDS}</p>[/fusion_text][/fusion_builder_container]",
        [("lock.jpg", "A lock", None)],
    ),
    "Avada with an element": (
        f'[fusion_imageframe lightbox="yes"]<img alt="Mine" src="{UPLOADS}/lock.jpg" />[/fusion_imageframe]{WORDS}',
        [("lock.jpg", "Mine", None)],
    ),
    "Avada gallery": (
        f'[fusion_gallery][fusion_gallery_image image="{UPLOADS}/lock.jpg" image_id="4|full" /][/fusion_gallery]{WORDS}',
        [("lock.jpg", "A lock", None)],
    ),
    "Enfold": (
        f"[av_image src='{UPLOADS}/lock.jpg' attachment='4' align='center' caption=''][/av_image]{WORDS}",
        [("lock.jpg", "A lock", None)],
    ),
    "Cornerstone": (
        f'[cs_content][x_image type="none" src="{UPLOADS}/lock.jpg" alt="Mine"][cs_text]{WORDS}[/cs_text][/cs_content]',
        [("lock.jpg", "Mine", None)],
    ),
    "caption of a shortcode": (
        f'[image_frame src="{UPLOADS}/lock.jpg" caption="The lock."]{WORDS}',
        [("lock.jpg", "A lock", "The lock.")],
    ),
}


@pytest.mark.parametrize(("content", "expected"), BUILT.values(), ids=BUILT.keys())
def test_pictures_and_words_of_builders_are_read(tmp_path, content, expected):
    read = the_issue(tmp_path, content)
    text = "\n".join(item.text for item in read.items)

    assert rows(read) == expected
    assert WORDS in text
    assert not any(mark in text for mark in ("[", "]", "=", "https:", "%22"))


def test_words_in_attributes_are_read(tmp_path):
    read = the_issue(
        tmp_path, f'[vc_custom_heading text="Mills of the valley" font="a"]{WORDS}[vc_btn title="Go on"]'
    )

    assert "Mills of the valley" in read.items[0].text


@pytest.mark.parametrize(
    "words",
    ["He wrote [sic] and [1].", "A list[i] of x[i_j].", "[citation needed]", "Write [[gallery]] for it."],
)
def test_brackets_that_are_words_stay(tmp_path, words):
    assert the_issue(tmp_path, f"{words}\n\n{WORDS}").items[0].text == f"{words}\n\n{WORDS}"


def test_a_letter_set_large_stays_part_of_its_word(tmp_path):
    assert the_issue(tmp_path, '[su_dropcap style="a"]T[/su_dropcap]he mill.').items[0].text == "The mill."


GALLERIES = {
    "all that is attached": ("[gallery]", ["pond.jpg", "race.jpg"]),
    "with settings": ('[gallery columns="2" link="file" size="full"]', ["pond.jpg", "race.jpg"]),
    "some left out": ('[gallery exclude="7"]', ["race.jpg"]),
    "some chosen": ('[gallery include="6,5"]', ["race.jpg", "wheel.jpg"]),
    "by numbers": ('[gallery ids="5,4"]', ["wheel.jpg", "lock.jpg"]),
    "of another post": ('[gallery id="2"]', []),
    "of this post": ('[gallery id="1"]', ["pond.jpg", "race.jpg"]),
}


@pytest.mark.parametrize(("shortcode", "expected"), GALLERIES.values(), ids=GALLERIES.keys())
def test_a_gallery_shows_what_is_attached_or_chosen(tmp_path, shortcode, expected):
    read = the_issue(tmp_path, f"{WORDS}\n\n{shortcode}\n\n{WORDS}")

    assert [image for image, _, _ in rows(read)] == expected


def test_a_block_that_posts_share_is_shown_in_its_place(tmp_path):
    shared = post(
        f'<!-- wp:image --><figure><img src="{WHEEL}" alt="Mine"></figure><!-- /wp:image -->',
        30,
        kind="wp_block",
    )
    content = f'<!-- wp:paragraph --><p>{WORDS}</p><!-- /wp:paragraph --><!-- wp:block {{"ref":30}} /-->'
    read = the_issue(tmp_path, content, library=(*LIBRARY, shared))

    assert rows(read) == [("wheel.jpg", "Mine", "The wheel turns.")]


ELEMENTOR = [
    {
        "elType": "section",
        "settings": {"background_image": {"url": f"{UPLOADS}/ground.jpg", "id": 9}},
        "elements": [
            {"widgetType": "heading", "settings": {"title": "Mills of the valley"}},
            {
                "widgetType": "image",
                "settings": {"image": {"url": WHEEL, "id": 5, "alt": "Mine"}, "caption": "x"},
            },
            {"widgetType": "text-editor", "settings": {"editor": f"<p>{WORDS}</p>"}},
            {
                "widgetType": "image-gallery",
                "settings": {"wp_gallery": [{"id": 4, "url": f"{UPLOADS}/lock.jpg"}]},
            },
        ],
    }
]
BEAVER = (
    f'a:1:{{s:5:"abc12";O:8:"stdClass":2:{{s:4:"text";s:60:"<p>{WORDS}</p>";s:9:"photo_src";s:99:"{WHEEL}";'
    f's:5:"title";s:19:"Mills of the valley";s:5:"photo";s:9:"{UPLOADS}/lock.jpg";}}}}'
)


@pytest.mark.parametrize(
    ("key", "value"),
    [("_elementor_data", json.dumps(ELEMENTOR)), ("_fl_builder_data", BEAVER)],
    ids=["JSON", "PHP"],
)
def test_what_a_builder_keeps_beside_an_empty_post_is_its_text(tmp_path, key, value):
    read = the_issue(tmp_path, "", more=meta(key, value))

    shown = [image for image, _, _ in rows(read) if "ground" not in image]
    assert shown == ["wheel.jpg", "lock.jpg"]
    assert WORDS in read.items[0].text
    assert "Mills of the valley" in read.items[0].text


def test_what_a_builder_keeps_twice_is_shown_once(tmp_path):
    read = the_issue(
        tmp_path, f'<p>{WORDS}</p><img src="{WHEEL}">', more=meta("_elementor_data", json.dumps(ELEMENTOR))
    )

    assert [image for image, _, _ in rows(read) if "ground" not in image].count("wheel.jpg") == 1
    assert read.items[0].text.count(WORDS) == 1


@pytest.mark.parametrize(
    "key", ["_yoast_wpseo_opengraph-image", "_wp_attachment_metadata", "_fl_builder_draft"]
)
def test_other_data_beside_a_post_is_no_content(tmp_path, key):
    assert the_issue(tmp_path, WORDS, more=meta(key, json.dumps(ELEMENTOR))).figures == ()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", ["[a_b ", '[a x="', "[/a_b]", "[a_b x='1']", "[[a", "[gallery ", "[a_b]x"])
def test_shortcodes_without_end_cost_no_square(tmp_path, piece):
    the_issue(tmp_path, piece * 5000)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("value", ["[" * 100_000, '{"a":' * 5000 + "1" + "}" * 5000, 'a:1:{s:1:"' * 20_000])
def test_data_without_end_is_passed_over(tmp_path, value):
    assert the_issue(tmp_path, WORDS, more=meta("_elementor_data", value)).items[0].text == WORDS
