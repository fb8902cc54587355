"""Writes an issue as Markdown, in the dialects of the tools that make sites of it."""

from .newsletter import Figure, Issue


def post(issue: Issue) -> str:
    parts = [front_matter(issue), issue.greeting]
    for item in issue.items:
        parts.append(f"## {item.heading}")
        parts += [figure(block) if isinstance(block, Figure) else block for block in item.blocks]
    references = [
        f'[{name(one)}]: {address(one)} "{signed(one)}"' for one in issue.figures if one.way == "reference"
    ]
    if references:
        parts.append("\n".join(references))
    return "\n\n".join(parts) + "\n"


def front_matter(issue: Issue) -> str:
    if issue.front_matter == "toml":
        return (
            f'+++\ntitle = "{issue.title}"\ndate = {issue.date}\nauthor = "{issue.author}"\n'
            f"number = {issue.number}\ndraft = false\n+++"
        )
    return (
        f'---\nlayout: post\ntitle: "{issue.title}"\ndate: {issue.date}\nauthor: {issue.author}\n'
        f"number: {issue.number}\ntags: [figures, monthly]\n---"
    )


def address(one: Figure) -> str:
    path = one.picture or ""
    return path if "://" in path else f"/{path}"


def name(one: Figure) -> str:
    return address(one).rsplit("/", 1)[-1].split(".")[0]


def signed(one: Figure) -> str:
    return " ".join(filter(None, (one.caption, one.credit)))


def figure(one: Figure) -> str:
    image = f"![{one.alt}]({address(one)})"
    match one.way:
        case "italic":
            return f"{image}\n\n*{signed(one)}*"
        case "tight":
            return f"{image}\n*{signed(one)}*"
        case "title":
            return f'![{one.alt}]({address(one)} "{signed(one)}")'
        case "reference":
            return f"![{one.alt}][{name(one)}]"
        case "hugo":
            words = f'alt="{one.alt}" caption="{one.caption}" attr="{one.credit}"'
            return f'{{{{< figure src="{address(one)}" {words} >}}}}'
        case "jekyll":
            return f'{{% include figure.html src="{address(one)}" alt="{one.alt}" caption="{signed(one)}" %}}'
        case "html":
            return (
                f'<figure>\n  <img src="{address(one)}" alt="{one.alt}">\n'
                f"  <figcaption>{one.caption} <small>{one.credit}</small></figcaption>\n</figure>"
            )
        case "bare":
            return image
        case other:
            raise ValueError(f"Markdown has no way to write a figure that is called {other!r}.")
