"""Reading an archive: documents in, issues with their items and figures out."""
