"""What of a command line is wrong before a library is looked at: exit code 2, as of an option that there is not."""

from __future__ import annotations

from explorer.errors import ExplorerError, QueryError


class WrongUsageError(ExplorerError):
    """The words of a command do not go together, or one of them is none that it takes."""


def checked_date(written: str | None) -> str | None:
    """A date of an option; WrongUsageError for what is none."""
    from explorer import check_dates

    try:
        check_dates(written, None)
    except QueryError as problem:
        raise WrongUsageError(str(problem)) from problem
    return written
