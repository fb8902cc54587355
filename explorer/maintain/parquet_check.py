"""Whether a Parquet file of a stranger's can be read in the memory that there is: tried out by a process that may fail.

A file of a kilobyte can hold a thousand million equal numbers, and what it says of itself before may be a lie. The
process of this file (`python -m explorer.maintain.parquet_check FILE`) reads it once, with as much memory as it may have.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 3 << 30
"""Of memory, to read the file in."""
VECTORS_AT_ONCE: Final = 4096
BYTES_A_ROW: Final = 8
"""Every row has a key of its own and its numbers: of fewer bytes are only rows that are all alike."""
FEW_ROWS: Final = 10_000


def require_readable(file: Path) -> None:
    """ValueError, with the reason, where the file is no Parquet, or holds more than it seems to."""
    environment = {
        **os.environ,
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }  # the others reserve more than they use
    tried = subprocess.run(  # noqa: S603  our own interpreter, our own module
        [sys.executable, "-m", __name__, str(file)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        told = tried.stderr.strip().splitlines()
        raise ValueError(
            f"{file}: {told[-1][:300] if told else 'it cannot be read in the memory that it may take'}"
        )


def _read(file: str) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    pa.set_cpu_count(1)  # each thread takes memory
    _limit_memory()
    with parquet.ParquetFile(file) as opened:
        described = opened.metadata
        if described.num_rows > FEW_ROWS + Path(file).stat().st_size // BYTES_A_ROW:
            raise ValueError(f"it has {described.num_rows:,} rows in few bytes")
        for _ in opened.iter_batches(VECTORS_AT_ONCE, use_threads=False):
            pass


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))


def _main() -> int:
    try:
        _read(sys.argv[1])
    except Exception as error:  # noqa: BLE001  whatever it is, the file cannot be read
        is_memory = isinstance(error, MemoryError) or "malloc" in str(error) or "realloc" in str(error)
        told = "it holds more than it seems to" if is_memory else " ".join(str(error).split())
        sys.stderr.write(f"{told}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(_main())
