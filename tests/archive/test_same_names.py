"""A picture that is gone is missing: one of the same name that belongs to another issue is another picture."""

import pytest
from archives_on_disk import everything_in
from book_builders import zipped

from explorer.archive.links.ownership import MAX_DOCUMENTS, Ownership
from explorer.archive.model import Issue, Status

PICTURE = b"\x89PNG picture"


def page(*pictures):
    return "<h1>Mill</h1>" + "".join(f'<p>Words.</p><img src="{it}">' for it in pictures)


def shown(tmp_path, files, document):
    """(image, whether it is there) of every figure of a document."""
    read, _ = everything_in(tmp_path, files)
    [one] = [it for it in read if it.document == document]
    assert isinstance(one, Issue)
    return [(figure.image, figure.status is Status.KEPT) for figure in one.figures]


# files, the document whose picture is gone, and where its picture should be
GONE = {
    "folder of another issue": (
        {"2024-01/i.html": page("c.png"), "2024-01/c.png": PICTURE, "2024-02/i.html": page("c.png")},
        "2024-02/i.html",
        "2024-02/c.png",
    ),
    "pictures of another issue": (
        {"jan/i.html": page("img/c.png"), "jan/img/c.png": PICTURE, "feb/i.html": page("img/c.png")},
        "feb/i.html",
        "feb/img/c.png",
    ),
    "assets of another issue": (
        {"jan/i.html": page("assets/c.png"), "jan/assets/c.png": PICTURE, "feb/i.html": page("c.png")},
        "feb/i.html",
        "feb/c.png",
    ),
    "root-relative in another issue": (
        {"jan/i.html": page("img/c.png"), "jan/img/c.png": PICTURE, "feb/i.html": page("/img/c.png")},
        "feb/i.html",
        "img/c.png",
    ),
    "another zip": (
        {
            "jan.zip": zipped({"i.html": page("img/c.png"), "img/c.png": PICTURE}),
            "feb.zip": zipped({"i.html": page("img/c.png")}),
        },
        "feb.zip/i.html",
        "feb.zip/img/c.png",
    ),
    "another zip, which does not show it": (
        {
            "jan.zip": zipped({"i.html": page("other.png"), "c.png": PICTURE}),
            "feb.zip": zipped({"i.md": "![[c.png]]"}),
        },
        "feb.zip/i.md",
        "feb.zip/c.png",
    ),
    "another year, without a page": (
        {"2023/img/c.png": PICTURE, "2024.html": page("2024/img/c.png")},
        "2024.html",
        "2024/img/c.png",
    ),
    "another year of the uploads": (
        {"wp-content/uploads/2023/c.png": PICTURE, "post.html": page("/wp-content/uploads/2024/c.png")},
        "post.html",
        "wp-content/uploads/2024/c.png",
    ),
    "another language": (
        {"en/a.md": "![x](img/c.png)", "en/img/c.png": PICTURE, "de/a.md": "![x](img/c.png)"},
        "de/a.md",
        "de/img/c.png",
    ),
    "folder beside another post": (
        {"posts/one.md": "![x](c.png)", "posts/one/c.png": PICTURE, "posts/two.md": "![x](c.png)"},
        "posts/two.md",
        "posts/c.png",
    ),
    "another saved page": (
        {"jan.html": page("jan_files/c.png"), "jan_files/c.png": PICTURE, "feb.html": page("c.png")},
        "feb.html",
        "c.png",
    ),
    "pictures of another post in a shared folder": (
        {"jan.md": "![x](/static/jan/c.png)", "static/jan/c.png": PICTURE, "feb.md": "![x](c.png)"},
        "feb.md",
        "c.png",
    ),
    "the page above": (
        {"index.html": page("c.png"), "c.png": PICTURE, "feb/i.html": page("c.png")},
        "feb/i.html",
        "feb/c.png",
    ),
    "a page below": (
        {"index.html": page("c.png"), "jan/i.html": page("c.png"), "jan/c.png": PICTURE},
        "index.html",
        "c.png",
    ),
    "another case": (
        {"jan/i.html": page("C.png"), "jan/C.png": PICTURE, "feb/i.html": page("c.PNG")},
        "feb/i.html",
        "feb/c.PNG",
    ),
    "a name of another script": (
        {"jan/i.html": page("%D1%80.png"), "jan/р.png": PICTURE, "feb/i.html": page("р.png")},
        "feb/i.html",
        "feb/р.png",
    ),
}


@pytest.mark.parametrize(("files", "document", "expected"), GONE.values(), ids=GONE.keys())
def test_a_picture_of_another_issue_is_not_taken_for_one_that_is_gone(tmp_path, files, document, expected):
    assert shown(tmp_path, files, document) == [(expected, False)]


FOUND = {
    "attachments of a vault": (
        {"notes/a.md": "![[c.png]]", "notes/b.md": "![[c.png]]", "attachments/c.png": PICTURE},
        "notes/b.md",
        "attachments/c.png",
    ),
    "attachments of a vault, beside the notes": (
        {"a.md": "![x](c.png)", "Sub/b.md": "x", "Anhänge/c.png": PICTURE},
        "a.md",
        "Anhänge/c.png",
    ),
    "wiki link to the folder of another note": (
        {"trips/a.md": "![[c.png]]", "trips/c.png": PICTURE, "notes/b.md": "![[c.png]]"},
        "notes/b.md",
        "trips/c.png",
    ),
    "wiki link with a folder": (
        {"trips/a.md": "x", "trips/img/c.png": PICTURE, "notes/b.md": "![[img/c.png|300]]"},
        "notes/b.md",
        "trips/img/c.png",
    ),
    "folder of other pages, which do not show it": (
        {"chapters/1.md": "![x](fig/p.png)", "chapters/fig/p.png": PICTURE, "chapters/fig/c.png": PICTURE,
         "setup/b.md": "![x](fig/c.png)"},
        "setup/b.md",
        "chapters/fig/c.png",
    ),
    "prefix of a served site": (
        {"notes/b.md": "![x](/blog/img/c.png)", "img/c.png": PICTURE},
        "notes/b.md",
        "img/c.png",
    ),
    "prefix of two parts before a generator's root": (
        {"content/b.md": "![x](/~ann/blog/img/c.png)", "static/img/c.png": PICTURE},
        "content/b.md",
        "static/img/c.png",
    ),
    "site in a folder of the archive": (
        {"site/_posts/b.md": "![x](/base/assets/img/c.png)", "site/assets/img/c.png": PICTURE},
        "site/_posts/b.md",
        "site/assets/img/c.png",
    ),
    "the folder of another issue is named": (
        {"jan/i.html": page("c.png"), "jan/c.png": PICTURE, "feb/i.html": page("/blog/jan/c.png")},
        "feb/i.html",
        "jan/c.png",
    ),
    "uploads of a blog": (
        {"2024/b.html": page("/wp-content/uploads/2023/c.png"), "wp-content/uploads/2023/c.png": PICTURE},
        "2024/b.html",
        "wp-content/uploads/2023/c.png",
    ),
    "pictures of all issues": (
        {"a/i.html": page("images/c.png"), "b/i.html": page("images/c.png"), "images/c.png": PICTURE},
        "b/i.html",
        "images/c.png",
    ),
    "a zip of pictures": (
        {"b.html": page("img/c.png"), "pictures.zip": zipped({"img/c.png": PICTURE})},
        "b.html",
        "pictures.zip/img/c.png",
    ),
    "case of the folders": (
        {"b.html": page("images/my%20c.png"), "Images/My C.PNG": PICTURE},
        "b.html",
        "Images/My C.PNG",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "document", "expected"), FOUND.values(), ids=FOUND.keys())
def test_a_picture_that_all_share_is_found(tmp_path, files, document, expected):
    assert shown(tmp_path, files, document) == [(expected, True)]


def test_too_many_documents_are_not_opened_to_find_out():
    def read(document):
        raise AssertionError(f"{document} was opened")

    many = [f"posts/{number}.md" for number in range(MAX_DOCUMENTS + 1)]
    assert Ownership([*many, "other/a.md"], read).belongs_to_another("posts/c.png", "other/a.md", "c.png")
