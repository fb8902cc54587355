"""Suppression of logs and warnings of third-party libraries."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def silence_libraries() -> Iterator[None]:
    """Suppress log records and warnings.

    After a failed load, the error of this package contains what matters. open_clip also logs it on the root logger, and
    warns of random weights that are replaced a moment later.
    """
    # Without a handler on the root logger, open_clip's first record would install one for the whole process.
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
