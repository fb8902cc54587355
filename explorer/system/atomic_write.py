"""Atomic writing of files: a reader sees the old content or the new content."""

from __future__ import annotations

import os
import threading
from pathlib import Path

TEMPORARY = "tmp-"
"""The prefix of the names of unfinished files. A killed process leaves them behind; `explorer doctor` finds them."""


def write_atomically(file: Path, content: bytes | str) -> None:
    """Write a file in one rename; text is encoded as UTF-8. Raises OSError, after deleting the unfinished file."""
    new = file.with_name(f"{TEMPORARY}{os.getpid()}-{threading.get_ident()}")
    try:
        new.write_bytes(content.encode() if isinstance(content, str) else content)
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise
