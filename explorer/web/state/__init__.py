"""What the pages share: the open library, the address in the browser, uploads and background jobs."""
