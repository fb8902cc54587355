"""Access to the operating system: memory, files, locks, and the names of this machine."""
