"""Measuring: how well a library is searched, by written questions, by its own captions, and against another."""
