"""From an archive to a searchable library: read, keep, embed, index."""
