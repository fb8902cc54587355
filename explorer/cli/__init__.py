"""The command line: parses, calls the library, prints. Nothing below it prints or exits."""

from __future__ import annotations


def main() -> None:
    """Runs `explorer` and exits. 0: done; 1: a problem that was told; 2: wrong usage."""
    import explorer.cli.measuring  # noqa: F401  its verbs are on `app` once it is imported
    from explorer.cli.commands import app

    app()
