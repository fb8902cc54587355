"""From the bytes of a document to HTML, the normal form: a module or package for each format."""
