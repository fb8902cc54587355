"""Archives of the web: WARC and WACZ."""
