"""The address of a server on the command line: what is none is told, and no folder is made of it."""

import pytest
from typer.testing import CliRunner

from explorer.cli import command_line
from explorer.library.library import Library

WRONG = ["localhost:6333", "ftp://localhost:6333", "localhost", "qdrant:6333", "no server", "./folder", ""]


@pytest.mark.parametrize("address", WRONG)
def test_push_and_ingest_make_no_folder_of_an_address(own_folder, tmp_path, monkeypatch, address):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    for arguments in (
        ["push", address, "--library", str(own_folder)],
        ["ingest", str(own_folder), "--qdrant-url", address, "--library", "made"],
        ["import", str(own_folder), "--qdrant-url", address, "--library", "made"],
    ):
        ended = CliRunner().invoke(command_line(), arguments)
        assert (ended.exit_code, isinstance(ended.exception, SystemExit)) == (1, True), arguments
        assert "http://" in ended.stderr
    assert sorted(tmp_path.iterdir()) == before
    with Library.open(own_folder) as library:
        assert library.status().qdrant_url is None
