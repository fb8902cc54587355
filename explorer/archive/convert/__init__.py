"""Conversion of documents to HTML, the normal form: a module or package for each format."""
