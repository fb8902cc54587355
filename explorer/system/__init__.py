"""The operating system: memory, files, and the names of this machine."""
