"""The first minutes with the app: the sample, an uploaded zip file, a site, and three hints."""

from __future__ import annotations

import zipfile

import pytest
from browsing import check, served, wait_until_drawn
from library.made_archive import write_archive
from playwright.sync_api import expect

from explorer.errors import LibraryError
from explorer.library.library import Library
from explorer.web.state.ingest_job import IngestJob, safe_file_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("news.zip", "news.zip"),
        ("../../etc/passwd", "passwd.zip"),
        ("C:\\Users\\me\\My archive.ZIP", "My-archive.zip"),
        ("<b>.zip", "b.zip"),
        ("....zip", "archive.zip"),
        ("Журнал 2024.zip", "Журнал-2024.zip"),
    ],
)
def test_the_name_of_an_upload_stays_in_its_folder(name, expected):
    assert safe_file_name(name) == expected


def zipped(folder, file):
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return file


def test_an_uploaded_archive_is_kept_for_the_next_sync(tmp_path):
    content = zipped(write_archive(tmp_path / "archive"), tmp_path / "a.zip").read_bytes()
    job = IngestJob(tmp_path / "library")
    job.start_upload("My archive.zip", content)
    job.wait(120)
    assert job.error is None
    with Library.open(tmp_path / "library") as library:
        figures = library.browse.count_figures()
        assert figures > 5
        library.archives.sync()
        assert library.browse.count_figures() == figures
    job.start_upload("My archive.zip", content)
    job.wait(60)
    assert "already has an uploaded archive My-archive.zip" in job.error


def test_an_upload_that_is_no_zip_file_leaves_nothing(tmp_path):
    job = IngestJob(tmp_path / "library")
    with pytest.raises(LibraryError, match=r"broken\.zip is not a zip file"):
        job.start_upload("broken.zip", b"no zip file")
    assert not (tmp_path / "library").exists()


@pytest.fixture
def empty_app(tmp_path):
    with served(tmp_path / "library", tmp_path / "log.txt") as url:
        yield url


@pytest.mark.browser
def test_the_sample_is_read_with_one_click_and_its_pictures_arrive(empty_app, page, tmp_path):
    page.goto(empty_app)
    wait_until_drawn(page)
    page.get_by_role("button", name="Try the sample").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.get_by_role("list", name="Figures read so far")).to_be_visible(timeout=60_000)
    expect(page.get_by_label("What do you remember of the picture?")).to_be_visible(timeout=180_000)
    page.get_by_label("What do you remember of the picture?").fill("lighthouse at night")
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Figures found").first).to_be_visible()
    with Library.open(tmp_path / "library") as library:
        assert library.status().ledger.issues > 10


@pytest.mark.browser
def test_a_zip_file_is_uploaded_and_mistakes_are_told(empty_app, page, tmp_path):
    page.goto(empty_app)
    wait_until_drawn(page)
    page.get_by_role("tab", name="A web site").click()
    page.get_by_label("The address of a site, a sitemap or a feed").fill("example")
    page.get_by_role("button", name="Read this site").click()
    expect(page.get_by_role("alert")).to_contain_text("begins with https://")

    page.get_by_role("tab", name="Upload a zip file").click()
    upload = page.locator('.stTabs input[type="file"]')
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"no zip file")
    upload.set_input_files(broken)
    page.get_by_role("button", name="Read this zip file").click()
    expect(page.get_by_role("alert").filter(has_text="broken.zip")).to_be_visible()

    page.reload()
    wait_until_drawn(page)
    page.get_by_role("tab", name="Upload a zip file").click()
    upload.set_input_files(zipped(write_archive(tmp_path / "archive"), tmp_path / "small.zip"))
    page.get_by_role("button", name="Read this zip file").click()
    expect(page.get_by_label("What do you remember of the picture?")).to_be_visible(timeout=180_000)
    check(page)


@pytest.mark.browser
def test_three_hints_are_shown_once(app_url, page):
    page.goto(app_url)
    wait_until_drawn(page)
    hints = page.get_by_role("region", name="Hints")
    for number, button in enumerate(("Next", "Next", "Done"), start=1):
        expect(hints).to_contain_text(f"{number} of 3")
        hints.get_by_role("button", name=button).click()
    expect(hints).to_have_count(0)
    page.reload()
    check(page)
    expect(hints).to_have_count(0)
