"""What is the address of a server, in one spelling; what only looks like one is told, and makes no folder."""

import pytest

from explorer.errors import LibraryError, ServerError
from explorer.index import open_store, same_server, server_address
from explorer.library.library import Library


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("http://localhost:6333", "http://localhost:6333"),
        ("http://localhost:6333/", "http://localhost:6333"),
        ("HTTP://LocalHost:6333", "http://localhost:6333"),
        ("HtTpS://Qdrant.Example.ORG", "https://qdrant.example.org:6333"),
        ("https://host", "https://host:6333"),
        ("https://host:443", "https://host:443"),
        ("http://host/prefix", "http://host:6333/prefix"),
        ("http://host:80/a/Prefix/", "http://host:80/a/Prefix"),
        ("http://[::1]:6333", "http://[::1]:6333"),
        ("http://[2001:DB8::1]", "http://[2001:db8::1]:6333"),
        ("http://192.0.2.7:1", "http://192.0.2.7:1"),
        ("http://qdrant_1:6333", "http://qdrant_1:6333"),
    ],
)
def test_addresses_have_one_spelling(written, address):
    assert server_address(written) == address
    assert server_address(address) == address
    assert same_server(written, address)


@pytest.mark.parametrize(
    ("written", "spelling"),
    [
        ("localhost:6333", "http://localhost:6333"),
        ("LOCALHOST", "http://LOCALHOST"),
        ("qdrant.example.org:6333/prefix", "http://qdrant.example.org:6333/prefix"),
        ("127.0.0.1:6333", "http://127.0.0.1:6333"),
        ("[::1]:6333", r"http://\[::1\]:6333"),
        ("ftp://host:6333", "http://localhost:6333"),
        ("grpc://host:6334", "http://localhost:6333"),
        ("file:///tmp/index", "http://localhost:6333"),
        ("http:/host", "http://localhost:6333"),
        ("http:host:6333", "http://localhost:6333"),
        ("http://", "http://localhost:6333"),
        ("http://:6333", "http://localhost:6333"),
        ("http://host:0", "http://localhost:6333"),
        ("http://host:99999", "http://localhost:6333"),
        ("http://host:port", "http://localhost:6333"),
        ("http://[::1", "http://localhost:6333"),
        ("http://ho st", "http://localhost:6333"),
        ("http://host/?a=b", "http://localhost:6333"),
        ("http://host#part", "http://localhost:6333"),
        ("http://host\nX-Header: 1", "http://localhost:6333"),
        ("http:\\\\host", "http://localhost:6333"),
        ("server", "http://localhost:6333"),
        ("./folder", "http://localhost:6333"),
        ("", "http://localhost:6333"),
        ("\ud800", "http://localhost:6333"),
        ("a" * 5000, "http://localhost:6333"),
    ],
)
def test_what_is_no_address_is_told_with_the_right_spelling(written, spelling):
    with pytest.raises(ServerError, match=spelling) as problem:
        server_address(written)
    assert len(str(problem.value)) < 400


@pytest.mark.parametrize(
    "written", ["http://ann:s3cret@host:6333", "http://s3cret@host", "https://:s3cret@host"]
)
def test_a_password_in_an_address_is_refused_and_not_repeated(written):
    with pytest.raises(ServerError, match="QDRANT_API_KEY") as problem:
        server_address(written)
    assert "s3cret" not in str(problem.value)


@pytest.mark.parametrize("written", ["ftp://ann:s3cret@host", "http://ann:s3cret@host:port"])
def test_a_password_in_what_is_no_address_is_not_repeated_either(written):
    with pytest.raises(ServerError) as problem:
        server_address(written)
    assert "s3cret" not in str(problem.value)


@pytest.mark.parametrize(
    "location", ["localhost:6333", "qdrant:6333/x", "ftp://host", "HTTP://", "file:///tmp/x"]
)
def test_a_text_that_means_a_server_is_no_folder(location, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ServerError):
        open_store(location)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["index", "a b", "6333", "index:one", "C:\\index", "http"])
def test_a_folder_is_still_a_folder(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert open_store(name).current_generation() is None
    assert open_store(tmp_path / "localhost:6333").current_generation() is None


def test_one_server_spelled_otherwise_is_the_same(tmp_path):
    Library.create(tmp_path / "l", qdrant_url="HTTP://LocalHost").close()
    Library.create(tmp_path / "l", qdrant_url="http://localhost:6333/").close()
    with Library.open(tmp_path / "l") as library, pytest.raises(LibraryError, match="already"):
        library.maintenance.push("http://LOCALHOST:6333")
