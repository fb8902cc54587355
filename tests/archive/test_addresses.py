"""Picture addresses mean the file that the archive's own site would show."""

import pytest
from archive_builders import figures

from explorer.archive.links.addresses import AddressResolver
from explorer.archive.model import Status

# what is written, in which document, among which files -> the file
RESOLVED = {
    "relative": ("img/a.png", "posts/one.md", ["posts/img/a.png"], "posts/img/a.png"),
    "relative upwards": ("../img/a.png", "posts/one.md", ["img/a.png"], "img/a.png"),
    "dot": ("./a.png", "posts/one.md", ["posts/a.png"], "posts/a.png"),
    "from the root": ("/img/a.png", "posts/one.md", ["img/a.png"], "img/a.png"),
    "from the root, a nearer one of that name beside": (
        "/img/a.png",
        "posts/one.md",
        ["img/a.png", "other/img/a.png"],
        "img/a.png",
    ),
    "Jekyll root without a slash": (
        "assets/a.png",
        "_posts/2024-01-01-one.md",
        ["assets/a.png"],
        "assets/a.png",
    ),
    "Jekyll root inside the archive": (
        "/assets/a.png",
        "site/_posts/one.md",
        ["site/assets/a.png"],
        "site/assets/a.png",
    ),
    "Hugo static": ("/img/a.png", "content/posts/one.md", ["static/img/a.png"], "static/img/a.png"),
    "Hugo theme": (
        "/img/a.png",
        "content/one.md",
        ["themes/x/static/img/a.png"],
        "themes/x/static/img/a.png",
    ),
    "Hugo assets": ("img/a.png", "content/one.md", ["assets/img/a.png"], "assets/img/a.png"),
    "public": ("/a.png", "posts/one.md", ["public/a.png"], "public/a.png"),
    "Sphinx": ("_static/a.png", "docs/deep/one.md", ["docs/_static/a.png"], "docs/_static/a.png"),
    "page bundle": (
        "a.png",
        "content/posts/one/index.md",
        ["content/posts/one/a.png"],
        "content/posts/one/a.png",
    ),
    "folder beside the post": ("a.png", "_posts/one.md", ["_posts/one/a.png"], "_posts/one/a.png"),
    "pretty address": ("../img/a.png", "posts/a.md", ["posts/img/a.png"], "posts/img/a.png"),
    "encoded": ("my%20cat%21.png", "one.md", ["my cat!.png"], "my cat!.png"),
    "encoded file name": ("a%20b.png", "one.md", ["a%20b.png"], "a%20b.png"),
    "query": ("a.png?w=300&h=2", "one.md", ["a.png"], "a.png"),
    "fragment": ("a.png#center", "one.md", ["a.png"], "a.png"),
    "hash in the file name": ("a%231.png", "one.md", ["a#1.png"], "a#1.png"),
    "Windows slashes": ("img\\a.png", "one.md", ["img/a.png"], "img/a.png"),
    "case": ("IMG/A.PNG", "one.md", ["img/a.png"], "img/a.png"),
    "suffix in capitals": ("/img/a.JPG", "posts/one.md", ["img/a.jpg"], "img/a.jpg"),
    "prefix of the served site": ("/blog/img/a.png", "posts/one.md", ["img/a.png"], "img/a.png"),
    "attachment of a vault": ("a.png", "notes/one.md", ["attachments/a.png"], "attachments/a.png"),
    "decomposed accents": ("cafe\u0301.png", "one.md", ["caf\u00e9.png"], "caf\u00e9.png"),
    "composed accents": ("caf\u00e9.png", "one.md", ["cafe\u0301.png"], "cafe\u0301.png"),
    "plus for a space is a plus": ("a+b.png", "one.md", ["a+b.png"], "a+b.png"),
    "above the root is the root": ("../../img/a.png", "one.md", ["img/a.png"], "img/a.png"),
}


@pytest.mark.parametrize(("written", "document", "files", "expected"), RESOLVED.values(), ids=RESOLVED.keys())
def test_an_address_finds_its_file(written, document, files, expected):
    assert AddressResolver([document, *files]).resolve(written, document) == (expected, True)


def test_the_nearest_file_wins():
    files = ["posts/one/a.png", "posts/a.png", "a.png", "static/a.png"]

    assert AddressResolver(files).resolve("a.png", "posts/one/index.md") == ("posts/one/a.png", True)
    assert AddressResolver(files).resolve("/a.png", "posts/one/index.md")[0] in {"a.png", "static/a.png"}


def test_an_ambiguous_name_is_not_guessed():
    addresses = AddressResolver(["x/a.png", "y/a.png"])

    assert addresses.resolve("img/a.png", "posts/one.md") == ("posts/img/a.png", False)


def test_an_address_that_leads_nowhere_is_given_as_its_site_would():
    addresses = AddressResolver(["posts/one.md"])

    assert addresses.resolve("/img/a.png", "posts/one.md") == ("img/a.png", False)
    assert addresses.resolve("img/a.png", "posts/one.md") == ("posts/img/a.png", False)


@pytest.mark.parametrize(
    "written",
    ["../../../etc/passwd.png", "/../../etc/passwd.png", "..\\..\\etc\\passwd.png", "%2e%2e/%2e%2e/etc/passwd.png", "file:///etc/passwd.png"],
)  # fmt: skip
def test_nothing_leaves_the_archive(written):
    path, found = AddressResolver(["posts/one.md"]).resolve(written, "posts/one.md")

    assert not found
    assert not path.startswith(("/", ".."))
    assert ".." not in path.split("/")


REMOTE = {
    "https://x.example/a.png": "https://x.example/a.png",
    "http://x.example/a.png?w=1": "http://x.example/a.png?w=1",
    "//x.example/a.png": "https://x.example/a.png",
}


@pytest.mark.parametrize(("written", "expected"), REMOTE.items())
def test_a_remote_picture_keeps_its_address(written, expected):
    [figure] = figures(f'<img src="{written}">')

    assert (figure.image, figure.status, figure.candidates) == (expected, Status.REMOTE, ())


TEMPLATED = {
    "{{ site.baseurl }}/img/a.png": "img/a.png",
    "{{site.url}}{{site.baseurl}}/img/a.png": "img/a.png",
    "{{ '/img/a.png' | relative_url }}": "img/a.png",
    '{{ "/img/a.png" | absolute_url }}': "img/a.png",
    '{{ url_for("img/a.png") }}': "img/a.png",
    "{{ page.hero }}": "img/a.png",
    "{{ hero | relative_url }}": "img/a.png",
    '{% link img/a.png %}': "img/a.png",
}  # fmt: skip


@pytest.mark.parametrize(("written", "expected"), TEMPLATED.items(), ids=TEMPLATED.keys())
def test_an_address_written_by_a_template_is_filled_in(written, expected):
    markdown = f"---\nhero: /img/a.png\n---\n\n![x]({written})\n"
    assert [figure.image for figure in figures(markdown, "post.md", ["img/a.png"])] == [expected]


def test_an_address_that_only_its_site_can_fill_in_stays_as_written():
    [figure] = figures("![x]({{ site.data.cats[0].picture }})", "post.md")
    [other] = figures("![x]({{ cats.first }})", "post.md")

    assert figure.status is Status.MISSING
    assert (other.status, other.image) == (Status.MISSING, "{{ cats.first }}")


OWN_HOST = {
    "canonical": '<link rel="canonical" href="https://letter.example/2024/one">',
    "og:url": '<meta property="og:url" content="https://letter.example/2024/one">',
}


@pytest.mark.parametrize("head", OWN_HOST.values(), ids=OWN_HOST.keys())
def test_an_address_at_the_site_s_own_host_is_a_file_of_the_archive(head):
    page = (
        f'<html><head>{head}</head><body><img src="https://letter.example/img/a.png">'
        '<img src="//www.letter.example/img/b.png"></body>'
    )
    [first, second] = figures(page, "2024/one.html", ["img/a.png"])

    assert (first.image, first.status, first.candidates) == ("img/a.png", Status.KEPT, ("img/a.png",))
    assert (second.image, second.status) == ("https://www.letter.example/img/b.png", Status.REMOTE)


def test_another_host_s_picture_of_the_same_name_is_remote():
    page = (
        '<link rel="canonical" href="https://letter.example/one"><img src="https://other.example/img/a.png">'
    )
    [figure] = figures(page, "one.html", ["img/a.png"])

    assert figure.status is Status.REMOTE


BASES = {
    "a folder": ("https://letter.example/2024/", "a.png", "https://letter.example/2024/a.png"),
    "a page": ("https://letter.example/2024/one", "a.png", "https://letter.example/2024/a.png"),
    "another host": ("https://cdn.example/x/", "/a.png", "https://cdn.example/a.png"),
    "in no archive": ("/2024/", "a.png", "a.png"),
    "no address": ("https://[", "a.png", "a.png"),
    "empty": ("", "a.png", "a.png"),
}


@pytest.mark.parametrize(("base", "written", "meant"), BASES.values(), ids=BASES.keys())
def test_a_picture_that_is_not_there_is_where_the_page_counts_its_addresses_from(base, written, meant):
    page = f'<html><head><base href="{base}"></head><body><img src="{written}" alt="A cat"></body>'
    [gone], [there] = figures(page, "one.html"), figures(page, "one.html", ["a.png"])

    assert (gone.image, gone.status) == (meant, Status.REMOTE if "//" in meant else Status.MISSING)
    assert there.image == "a.png"
