"""Archives that the tests of several files write."""

import pytest


@pytest.fixture
def written(tmp_path):
    """Write the bytes of a web archive into a folder; the folder."""

    def write(data, name="web.warc.gz"):
        (tmp_path / name).write_bytes(data)
        return tmp_path

    return write
