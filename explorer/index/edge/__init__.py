"""An index in a folder: Qdrant Edge."""
