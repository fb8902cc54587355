"""PDF to HTML: words and graphics of each page, then text and figures with captions."""
