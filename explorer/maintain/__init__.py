"""Maintenance of a library: backups, exports for other programs, and the diagnosis and repair of damage."""
