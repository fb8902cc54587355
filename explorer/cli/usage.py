"""Errors of usage that are found before a library is opened: exit code 2, as for an unknown option."""

from __future__ import annotations

from explorer.errors import ExplorerError, QueryError


class WrongUsageError(ExplorerError):
    """An invalid argument, or arguments that do not go together."""


def check_date(date: str | None) -> str | None:
    """Return the date of an option. Raises WrongUsageError if it is not a date."""
    from explorer import check_dates

    try:
        check_dates(date, None)
    except QueryError as error:
        raise WrongUsageError(str(error)) from error
    return date
