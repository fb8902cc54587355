import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from embeddings import CacheDamagedError, CacheUnusableError, VectorCache, VectorKey

WRITER = """
import sys, numpy as np
from pathlib import Path
from embeddings import VectorCache, VectorKey
path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
cache = VectorCache(path)
for number in range(count):
    cache.put_many({VectorKey(f"{name}{number}", "e", "picture"): np.full((50, 512), number, np.float32)})
    print(number, flush=True)
"""


def key(content: str, encoder: str = "e", kind: str = "picture") -> VectorKey:
    return VectorKey(content, encoder, kind)


def row(*numbers: float) -> np.ndarray:
    return np.array(numbers, dtype=np.float32)


def start_writer(path: Path, name: str, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WRITER, str(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "vectors.sqlite"


def test_vectors_come_back_as_they_went_in_also_after_reopening(path: Path) -> None:
    stored = {
        key("one"): row(1, 2, 3),
        key("many", kind="text"): np.arange(12, dtype=np.float32).reshape(4, 3),
    }
    with VectorCache(path) as cache:
        cache.put_many(stored)
    with VectorCache(path) as cache:
        loaded = cache.get_many([*stored, key("absent")])
    assert loaded.keys() == stored.keys()
    for name, vectors in stored.items():
        assert_array_equal(loaded[name], vectors)
        assert loaded[name].dtype == np.float32
        assert loaded[name].flags.writeable


def test_content_encoder_and_kind_all_count(path: Path) -> None:
    keys = [key("a"), key("b"), key("a", encoder="other"), key("a", kind="looks")]
    with VectorCache(path) as cache:
        cache.put_many({name: row(number) for number, name in enumerate(keys)})
        assert [cache.get_many([name])[name][0] for name in keys] == [0, 1, 2, 3]


def test_what_is_missing_is_told_in_order(path: Path) -> None:
    with VectorCache(path) as cache:
        cache.put_many({key("b"): row(1)})
        asked = [key("c"), key("b"), key("b", kind="looks"), key("a")]
        assert cache.missing(asked) == [key("c"), key("b", kind="looks"), key("a")]
        assert cache.missing([]) == []


def test_a_vector_put_again_is_replaced(path: Path) -> None:
    with VectorCache(path) as cache:
        cache.put_many({key("a"): row(1)})
        cache.put_many({key("a"): row(2, 2)})
        assert_array_equal(cache.get_many([key("a")])[key("a")], [2, 2])


def test_no_rows_keep_their_width(path: Path) -> None:
    with VectorCache(path) as cache:
        cache.put_many({key("empty"): np.zeros((0, 384), np.float32)})
        assert cache.get_many([key("empty")])[key("empty")].shape == (0, 384)


def test_nothing_put_and_nothing_asked_is_no_error(path: Path) -> None:
    with VectorCache(path) as cache:
        cache.put_many({})
        assert cache.get_many([]) == {}


def test_what_was_put_survives_a_killed_process(path: Path) -> None:
    writer = start_writer(path, "n", 100_000)
    assert writer.stdout is not None
    done = [int(writer.stdout.readline()) for _ in range(20)]
    writer.kill()
    done += [int(line) for line in writer.communicate()[0].splitlines() if line.strip()]
    with VectorCache(path) as cache:
        loaded = cache.get_many(key(f"n{number}") for number in done)
        assert len(loaded) == len(done)
        assert all((loaded[key(f"n{number}")] == number).all() for number in done)
        cache.put_many({key("after"): row(1)})


def test_two_processes_write_at_the_same_time(path: Path) -> None:
    writers = [start_writer(path, name, 150) for name in "ab"]
    assert [(writer.communicate(timeout=60), writer.returncode)[1] for writer in writers] == [0, 0]
    with VectorCache(path) as cache:
        assert len(cache.get_many(key(f"{name}{number}") for name in "ab" for number in range(150))) == 300


def test_threads_share_one_cache(path: Path) -> None:
    with VectorCache(path) as cache, ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: cache.put_many({key(str(number)): row(number)}), range(40)))
        loaded = list(threads.map(lambda number: cache.get_many([key(str(number))]), range(40)))
    assert [next(iter(vectors.values()))[0] for vectors in loaded] == list(range(40))


def test_a_file_that_is_no_cache_is_named_with_the_way_out(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database, and long enough to be looked at " * 100)
    with pytest.raises(CacheDamagedError, match=rf"{path} is damaged\. Move the file away"):
        VectorCache(path)


def test_a_file_damaged_in_the_middle_is_noticed(path: Path) -> None:
    keys = [key(str(number)) for number in range(200)]
    with VectorCache(path) as cache:
        cache.put_many({name: np.ones(512, np.float32) for name in keys})
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(CacheDamagedError, match="Move the file away"), VectorCache(path) as cache:
        cache.get_many(keys)


def test_a_path_that_cannot_be_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CacheUnusableError, match=str(tmp_path)):
        VectorCache(tmp_path)


def test_a_closed_cache_says_so(path: Path) -> None:
    cache = VectorCache(path)
    cache.close()
    with pytest.raises(CacheUnusableError, match="closed"):
        cache.get_many([key("a")])
