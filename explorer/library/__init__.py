"""The library: the one door to everything that the explorer keeps."""
