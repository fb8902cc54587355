"""Writing a file whole: a reader sees the old content or the new one."""

from __future__ import annotations

import os
import threading
from pathlib import Path

TEMPORARY = "tmp-"
"""How the names of unfinished files begin. A killed process leaves them behind; `explorer doctor` finds them."""


def write_atomically(file: Path, content: bytes | str) -> None:
    """Write a file in one rename; text is UTF-8. Raises OSError; then the unfinished file is deleted."""
    new = file.with_name(f"{TEMPORARY}{os.getpid()}-{threading.get_ident()}")
    try:
        new.write_bytes(content.encode() if isinstance(content, str) else content)
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise
