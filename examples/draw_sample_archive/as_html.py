"""Writes an issue as a web page, with all the furniture of a web page around it."""

import os.path
from html import escape

from .newsletter import Figure, Issue

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="author" content="{author}">
<meta property="article:published_time" content="{date}">
<meta name="description" content="{greeting}">
<style>
body {{ font: 18px/1.6 Georgia, serif; color: #26323f; background: #faf6ee; }}
body {{ max-width: 42rem; margin: auto; padding: 1rem; }}
img {{ max-width: 100%; height: auto; }}
.caption, figcaption {{ font-size: 0.9rem; color: #5d6b78; }}
.credit {{ font-style: italic; }}
</style>
</head>
<body>
<header class="site-header">
<a href="https://example.org/">
<img class="logo" src="{assets}/logo.svg" alt="Figures Monthly" width="220" height="56"></a>
<nav><a href="#top"><img src="{assets}/menu.png" alt="menu" width="24" height="24"></a>
<a href="https://example.org/issues">All issues</a> <a href="https://example.org/about">About</a></nav>
</header>
<main>
<article id="top">
<h1>{title}</h1>
<p class="byline">By {author}, <time datetime="{date}">{date}</time></p>
<p>{greeting}</p>
{items}
</article>
</main>
<footer class="site-footer">
<p>You receive this because you asked for it. <a href="https://example.org/unsubscribe">Unsubscribe</a></p>
<a href="https://example.org/subscribers">
<img class="badge" src="{assets}/badge.svg" alt="subscribers: 412" width="110" height="20"></a>
<img src="{assets}/pixel.gif" width="1" height="1" alt="">
</footer>
</body>
</html>
"""


def page(issue: Issue) -> str:
    items = []
    for item in issue.items:
        items.append(f"<h2>{escape(item.heading)}</h2>")
        for block in item.blocks:
            items.append(figure(issue, block) if isinstance(block, Figure) else f"<p>{escape(block)}</p>")
    return PAGE.format(
        title=escape(issue.title),
        author=escape(issue.author),
        date=issue.date,
        greeting=escape(issue.greeting),
        assets=address(issue, "assets"),
        items="\n".join(items),
    )


def address(issue: Issue, path: str) -> str:
    """Where the file lies, as seen from the page."""
    if "://" in path:
        return path
    return os.path.relpath(path, os.path.dirname(issue.document)).replace(os.sep, "/")  # noqa: PTH120


def figure(issue: Issue, one: Figure) -> str:
    source = escape(address(issue, one.shown or one.picture or ""))
    large = escape(address(issue, one.picture or ""))
    alt, caption, credit = (escape(words) for words in (one.alt, one.caption, one.credit))
    image = f'<img src="{source}" alt="{alt}">'
    plain = " ".join(filter(None, (caption, credit)))
    signed = f'{caption} <span class="credit">{credit}</span>' if credit else caption
    match one.way:
        case "figure":
            return f"<figure>\n{image}\n<figcaption>{signed}</figcaption>\n</figure>"
        case "linked":
            return f'<figure>\n<a href="{large}">{image}</a>\n<figcaption>{signed}</figcaption>\n</figure>'
        case "paragraph":
            return f'<p>{image}</p>\n<p class="caption">{plain}</p>'
        case "centred":
            return f'<p align="center">{image}</p>\n<p align="center"><em>{plain}</em></p>'
        case "title":
            return f'<p><img src="{source}" alt="{alt}" title="{plain}"></p>'
        case "bare":
            return f"<p>{image}</p>"
        case "bare-credit":
            return f"<figure>\n{image}\n<figcaption>{credit}</figcaption>\n</figure>"
        case other:
            raise ValueError(f"A page has no way to write a figure that is called {other!r}.")
