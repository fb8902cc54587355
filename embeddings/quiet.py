"""Third-party libraries that keep to themselves while they load."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """No log records and no warnings from what runs inside.

    What matters about a failed load is in the error that this package raises; open_clip also logs it on the
    root logger, and warns of random weights that are replaced a moment later.
    """
    # With no handler on the root logger, open_clip's first record would install one for the whole process.
    root, placeholder = logging.getLogger(), logging.NullHandler()
    disabled = logging.root.manager.disable
    root.addHandler(placeholder)
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)
        root.removeHandler(placeholder)
