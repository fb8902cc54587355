"""The catalog: the truth about issues, items, figures and pictures."""
