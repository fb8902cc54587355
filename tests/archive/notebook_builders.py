"""Notebooks in a line or two."""

import json
from base64 import b64encode

from explorer.archive.convert.notebooks import NOTEBOOK
from explorer.archive.links.addresses import AddressResolver
from explorer.archive.reader import parse_issue


def markdown(source, **more):
    return {"cell_type": "markdown", "metadata": {}, "source": source.splitlines(keepends=True), **more}


def code(source="plot()", *outputs, **more):
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": list(outputs), **more}


def output(data, kind="image/png"):
    """A picture that a cell made."""
    written = data.decode() if kind == "image/svg+xml" else b64encode(data).decode() + "\n"
    return {
        "output_type": "display_data",
        "metadata": {},
        "data": {kind: written, "text/plain": ["<Figure size 1x1>"]},
    }


def notebook(*cells, **metadata):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}).encode()


def read_notebook(data, document="work.ipynb"):
    """The issue in a notebook."""
    return parse_issue(NOTEBOOK.convert(data, document), document, AddressResolver([document, "mill.png"]))
