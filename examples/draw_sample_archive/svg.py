"""SVG, element by element."""

from collections.abc import Sequence


def tag(element: str, words: str = "", **attributes: object) -> str:
    """One element; stroke_width=3 becomes stroke-width="3"."""
    written = "".join(f' {name.replace("_", "-")}="{shown(value)}"' for name, value in attributes.items())
    return f"<{element}{written}>{words}</{element}>" if words else f"<{element}{written}/>"


def shown(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def document(width: int, height: int, ground: str, parts: Sequence[str]) -> str:
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
    opening += f' width="{width}" height="{height}">'
    return "\n".join([opening, tag("rect", width=width, height=height, fill=ground), *parts, "</svg>"]) + "\n"
