"""Writes an issue as a plain-text mail: the captions are there, the pictures are not."""

from textwrap import fill

from .newsletter import Figure, Issue

WIDTH = 72


def letter(issue: Issue) -> str:
    parts = [
        f"{fill(issue.title, WIDTH)}\n{'=' * min(WIDTH, len(issue.title))}",
        f"Date: {issue.date}\nAuthor: {issue.author}",
        fill(issue.greeting, WIDTH),
    ]
    for item in issue.items:
        parts.append(f"{item.heading}\n{'-' * len(item.heading)}")
        parts += [
            fill(f"{block.caption} {block.credit}" if isinstance(block, Figure) else block, WIDTH)
            for block in item.blocks
        ]
    parts.append("--\nFigures Monthly. To stop, answer this mail with the word STOP.")
    return "\n\n".join(parts) + "\n"
