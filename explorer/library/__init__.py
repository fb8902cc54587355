"""The library: the only entry point to the data of the explorer."""
