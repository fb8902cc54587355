"""The command line: parses, calls the library, prints. Nothing below it prints or exits."""

from __future__ import annotations

import sys


def main() -> int:
    """Runs `explorer`. 0: done; 1: a problem that was told; 2: wrong usage."""
    from explorer.cli.commands import app
    from explorer.errors import ExplorerError

    try:
        app(standalone_mode=True)
    except ExplorerError as error:
        print(f"explorer: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "explorer: stopped. What was done is kept; the same command goes on from there.", file=sys.stderr
        )
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # `explorer figures | head` has read enough
        return 0
    return 0
