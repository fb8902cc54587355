"""PDFs: pages into words and graphics, those into text and figures with captions."""
