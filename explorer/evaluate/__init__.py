"""Evaluation of search: by questions with known answers, by a library's own captions, and against another library."""
