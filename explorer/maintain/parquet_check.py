"""Check that a Parquet file of unknown origin can be read in limited memory, by reading it in a child process.

A file of a kilobyte can contain a thousand million equal numbers, and its metadata may be false. The child process
(`python -m explorer.maintain.parquet_check FILE`) reads the file once with a limit on its memory.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

MAX_MEMORY_BYTES: Final = 3 << 30
"""Memory in which the child process must read the file."""
VECTORS_AT_ONCE: Final = 4096
MIN_BYTES_PER_ROW: Final = 8
"""Every row has its own key and numbers: only equal rows take fewer bytes."""
FEW_ROWS: Final = 10_000


def require_readable(file: Path) -> None:
    """Raise ValueError, with the reason, if the file is not Parquet or unpacks to too much data."""
    environment = {
        **os.environ,
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }  # other pools reserve more than they use
    process = subprocess.run(  # noqa: S603  our own interpreter, our own module
        [sys.executable, "-m", __name__, str(file)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        error_lines = process.stderr.strip().splitlines()
        raise ValueError(
            f"{file}: {error_lines[-1][:300] if error_lines else 'it needs more memory than is allowed'}"
        )


def _read(file: str) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    pa.set_cpu_count(1)  # each thread takes memory
    _limit_memory()
    with parquet.ParquetFile(file) as parquet_file:
        metadata = parquet_file.metadata
        if metadata.num_rows > FEW_ROWS + Path(file).stat().st_size // MIN_BYTES_PER_ROW:
            raise ValueError(f"it has {metadata.num_rows:,} rows, too many for its size")
        for _ in parquet_file.iter_batches(VECTORS_AT_ONCE, use_threads=False):
            pass


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


def _main() -> int:
    try:
        _read(sys.argv[1])
    except Exception as error:  # noqa: BLE001  after any error the file cannot be read
        is_memory = isinstance(error, MemoryError) or "malloc" in str(error) or "realloc" in str(error)
        message = (
            "it contains more data than its size suggests" if is_memory else " ".join(str(error).split())
        )
        sys.stderr.write(f"{message}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(_main())
