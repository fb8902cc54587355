"""What changed in the archives is taken in from the Library page, and what is gone brought back."""

import shutil
import time

import pytest
from page_reading import SAMPLE

from explorer.library.library import Library


@pytest.fixture
def kept(tmp_path):
    """An archive of two issues and its library."""
    archive = tmp_path / "archive"
    archive.mkdir()
    shutil.copy(SAMPLE / "images" / "summits.png", archive)
    for name in ("one", "two"):
        (archive / f"{name}.md").write_text(f"# Issue {name}\n\n![Five summits](summits.png)\n")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="lite")
    return archive, tmp_path / "library"


def clicked(app, key):
    """Clicks, and looks again as the page does by itself, until the work is over."""
    app.button(key=key).click().run()
    until = time.monotonic() + 120
    while not (app.success or app.warning or app.error) and time.monotonic() < until:
        time.sleep(0.3)
        app.run()
    return app


def test_changes_are_taken_in_and_what_is_gone_can_be_brought_back(open_page, kept):
    archive, folder = kept
    (archive / "one.md").unlink()
    (archive / "three.md").write_text("# Issue three\n\n![Five summits](summits.png)\n")
    app = clicked(open_page("library", library=folder), "library_sync")
    assert not app.exception
    assert app.success[0].value == "Issues: 1 new, 1 gone."

    with Library.open(folder) as library:
        [gone] = library.archives.trash()
        app.run()
        app.button(key=f"restore_{gone.id}").click().run()
        assert not app.exception
        assert sorted(one.document for one in library.browse.issues()) == ["one.md", "three.md", "two.md"]
        assert library.archives.trash() == []


def test_an_archive_that_is_not_there_is_told(open_page, kept):
    archive, folder = kept
    archive.rename(archive.parent / "[unplugged](x)")
    app = clicked(open_page("library", library=folder), "library_sync")
    assert "does not exist" in app.warning[0].value
    assert app.success[0].value == "Nothing has changed."


def test_a_visitor_from_elsewhere_has_no_part_in_that(open_page, kept):
    app = open_page("library", library=kept[1], at_home=False)
    assert "Changes in the archives" not in {header.value for header in app.header}
    assert "library_sync" not in {button.key for button in app.button}
