"""From an archive to a searchable library: read, store, embed, index."""
