"""The files of an archive: folders, zip files, and containers that appear as folders."""
