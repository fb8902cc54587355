"""An SVG without anything that reaches outside it: no scripts, no entities, no files, no network.

A filter, not a tree: what comes in is written out again element by element, so nesting costs no stack and
nothing that was not looked at passes. Harmless DOCTYPEs, comments and processing instructions fall away.
"""

from __future__ import annotations

import base64
import codecs
import re
import zlib
from dataclasses import dataclass, field
from html import escape
from urllib.parse import unquote_to_bytes
from xml.parsers import expat

from images.errors import (
    PictureError,
    PictureTooLargeError,
    UnreadablePictureError,
    UnsupportedPictureError,
    cause,
)
from images.limits import MIB
from images.sniff import GZIP
from images.svg_css import PlainCss, geometry_of
from images.svg_labels import Label

MAX_SVG_BYTES = 16 * MIB  # unpacked
MAX_ELEMENTS = 200_000
MAX_DEPTH = 256  # Inkscape and draw.io stay under 50

# Illustrator declares its namespaces as entities: short ones without entities in them, which cannot blow up.
MAX_ENTITY_CHARACTERS = 100
MAX_BYTES_WITH_ENTITIES = 2 * MIB

DROPPED_ELEMENTS = frozenset({"script", "iframe", "object", "embed", "audio", "video"})
DRAWN_ELEMENTS = frozenset(
    {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "image", "use"}
)
# Prefixes that files use without saying what they stand for; a namespace of their own means nothing to the renderer.
NAMESPACES = {"xlink": "http://www.w3.org/1999/xlink", "svg": "http://www.w3.org/2000/svg"}
PIXELS_INSIDE = re.compile(r"data:image/(?:png|jpe?g|gif|webp)[;,]", re.IGNORECASE)
SVG_INSIDE = re.compile(r"data:image/svg\+xml([^,]*),", re.IGNORECASE)

CSS_IMPORT = re.compile(r"@import\b[^;]*;?", re.IGNORECASE)
CSS_OUTSIDE = re.compile(r"url\(\s*(?!['\"]?#)[^)]*\)?", re.IGNORECASE)

MAX_OUTSIDE = 20

SIMPLIFY = "simplify it, or save it as PNG"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """An SVG that refers to nothing but itself, how many shapes it draws, and the addresses that were taken out."""

    text: str
    drawn: int
    outside: tuple[str, ...]


def clean_svg(data: bytes, *, nested: bool = False) -> str:
    """SVG or gzipped SVG -> SVG text that refers to nothing but itself. `nested`: it stands inside another.

    Raises UnreadablePictureError (not well-formed), UnsupportedPictureError (entities) or PictureTooLargeError.
    """
    return cleaned_svg(data, nested=nested).text


def cleaned_svg(data: bytes, *, nested: bool = False) -> Cleaned:
    """The same, with what was found on the way."""
    text = unpacked(data)
    cleaner = _Cleaner(len(text), nested, PlainCss.of(_decoded(text)) if b"--" in text else PlainCss())
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = cleaner.start
    parser.EndElementHandler = cleaner.end
    parser.CharacterDataHandler = cleaner.text
    parser.EntityDeclHandler = cleaner.entity
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnreadablePictureError(f"not well-formed SVG ({cause(error)}); export it again") from error
    return Cleaned(cleaner.document(), cleaner.drawn, tuple(cleaner.outside))


def unpacked(data: bytes) -> bytes:
    """The SVG itself, ungzipped if need be and never more than MAX_SVG_BYTES of it."""
    if data.startswith(GZIP):
        unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            data = unzip.decompress(data, MAX_SVG_BYTES + 1)
        except zlib.error as error:
            raise UnreadablePictureError(
                f"damaged gzip ({cause(error)}); fetch or export it again"
            ) from error
        if not unzip.eof and len(data) <= MAX_SVG_BYTES:
            raise UnreadablePictureError("gzip cut short; fetch or export it again")
    if len(data) > MAX_SVG_BYTES:
        raise PictureTooLargeError(len(data), MAX_SVG_BYTES, "bytes of SVG", SIMPLIFY)
    return data


@dataclass(slots=True)
class _Cleaner:
    """The handlers of one run of the parser; `parts` is what has been let through."""

    document_bytes: int
    nested: bool
    css: PlainCss
    parts: list[str] = field(default_factory=list)
    written: int = 0
    depth: int = 0
    elements: int = 0
    dropped_at: int = 0  # depth of the element being dropped with all it holds, 0: none
    style: list[str] | None = None  # text of the <style> being read: a rule may come in pieces
    label: Label | None = None  # of the <foreignObject> being read
    label_at: int = 0  # its depth
    switches: dict[int, str] = field(default_factory=dict)  # by depth: the label that may be drawn in it
    prefixes: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)  # by the root
    drawn: int = 0
    outside: list[str] = field(default_factory=list)

    def document(self) -> str:
        """All that was let through. The root also declares what is used in it undeclared."""
        wanted = sorted(self.prefixes - self.declared - {"xml", "xmlns", ""})
        spaces = "".join(f' xmlns:{it}="{NAMESPACES.get(it, f"urn:undeclared:{it}")}"' for it in wanted)
        if "" not in self.declared and "" in self.prefixes:
            spaces += f' xmlns="{NAMESPACES["svg"]}"'
        return "".join([self.parts[0], spaces, *self.parts[1:]]) if self.parts else ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count()
        if self.dropped_at:
            return
        local = _local(name)
        if self.label is None and self.switches.get(self.depth - 1) and local != "foreignObject":
            # Behind a label the same one for those who draw no HTML: a text that may be cut short, or a picture of it.
            pending = self.switches[self.depth - 1]
            self.switches[self.depth - 1] = ""
            if local == "text":
                self._draw_label(pending)
                self.dropped_at = self.depth
                return
        if self.label is not None:
            self.label.start(local, attributes)
        elif local == "foreignObject":
            self.label, self.label_at = Label(attributes), self.depth
        elif local in DROPPED_ELEMENTS:
            self.dropped_at = self.depth
        else:
            self._begin(name, local, attributes)

    def _begin(self, name: str, local: str, attributes: dict[str, str]) -> None:
        self.prefixes.add(_prefix(name))
        self.drawn += local in DRAWN_ELEMENTS
        written = dict(geometry_of(attributes.get("style", ""))) | attributes
        kept = {key: self._attribute(key, value) for key, value in written.items()}
        self.prefixes |= {_prefix(key) for key, value in kept.items() if value is not None and ":" in key}
        if self.depth == 1:
            self.declared = {
                _local(key) if ":" in key else "" for key in attributes if key.startswith("xmlns")
            }
        self._write(f"<{name}")
        self._write("".join(f' {key}="{escape(v)}"' for key, v in kept.items() if v is not None) + ">")
        if local == "style":
            self.style = []
        elif local == "switch":
            self.switches[self.depth] = ""

    def end(self, name: str) -> None:
        if self.label is not None:
            self._end_in_label(self.label, _local(name))
        elif not self.dropped_at:
            if self.style is not None:
                self._write(escape(self._css(CSS_IMPORT.sub("", "".join(self.style))), quote=False))
                self.style = None
            self._draw_label(self.switches.pop(self.depth, ""))
            self._write(f"</{name}>")
        elif self.dropped_at == self.depth:
            self.dropped_at = 0
        self.depth -= 1

    def _end_in_label(self, label: Label, name: str) -> None:
        if self.label_at != self.depth:
            label.end(name)
            return
        self.label = None
        if self.depth - 1 in self.switches:
            self.switches[self.depth - 1] = label.drawn()
        else:
            self._draw_label(label.drawn())

    def _draw_label(self, drawn: str) -> None:
        self.drawn += bool(drawn)
        self._write(drawn)

    def text(self, text: str) -> None:
        if self.dropped_at:
            return
        if self.label is not None:
            self.label.text(text)
        elif self.style is not None:
            self.style.append(text)
        else:
            self._write(escape(text, quote=False))

    def entity(self, name: str, is_parameter: bool, value: str | None, *_outside: str | None) -> None:
        flat = value is not None and len(value) <= MAX_ENTITY_CHARACTERS and not set(value) & set("&%<")
        if is_parameter or not flat or self.document_bytes > MAX_BYTES_WITH_ENTITIES:
            raise UnsupportedPictureError(
                f"SVG that declares the XML entity {name[:40]!r}, which could read files or blow up; "
                "export it as plain SVG"
            )

    def _attribute(self, name: str, value: str) -> str | None:
        """The value to write, or None to leave the attribute out."""
        if _local(name) == "href":
            return self._reference(value.strip())
        if name.lower().startswith("on"):
            return None
        return self._css(value)

    def _css(self, css: str) -> str:
        return self.css.plain(_inside_only(css))

    def _reference(self, target: str) -> str | None:
        if target.startswith("#") or PIXELS_INSIDE.match(target):
            return target
        inner = SVG_INSIDE.match(target)
        if inner is None or self.nested:
            if len(self.outside) < MAX_OUTSIDE:
                self.outside.append(target[:200])
            return None
        return _clean_data_address(inner[1], target[inner.end() :])

    def _count(self) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH:
            raise PictureTooLargeError(self.depth, MAX_DEPTH, "levels of nested SVG elements", SIMPLIFY)
        if self.elements > MAX_ELEMENTS:
            raise PictureTooLargeError(self.elements, MAX_ELEMENTS, "SVG elements", SIMPLIFY)

    def _write(self, part: str) -> None:
        self.written += len(part)
        if self.written > 2 * MAX_SVG_BYTES:
            raise PictureTooLargeError(self.written, 2 * MAX_SVG_BYTES, "characters of SVG", SIMPLIFY)
        self.parts.append(part)


def _prefix(name: str) -> str:
    return name.rpartition(":")[0]


def _decoded(text: bytes) -> str:
    is_wide = text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return text.decode("utf-16" if is_wide else "utf-8", errors="replace")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _inside_only(css: str) -> str:
    return CSS_OUTSIDE.sub("none", css)


def _clean_data_address(parameters: str, payload: str) -> str | None:
    """draw.io keeps its icons as SVG inside the SVG. A broken icon costs the icon, not the diagram."""
    try:
        raw = unquote_to_bytes(payload)
        inner = clean_svg(base64.b64decode(raw) if "base64" in parameters.lower() else raw, nested=True)
    except (PictureError, ValueError):
        return None
    return "data:image/svg+xml;base64," + base64.b64encode(inner.encode()).decode()
