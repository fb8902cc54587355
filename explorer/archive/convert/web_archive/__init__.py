"""Web archives: WARC and WACZ."""
