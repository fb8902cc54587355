"""Cleaning of SVG: the result contains no scripts, no entities, and no references to files or the network.

The cleaner is a stream filter, not a tree: it checks and writes each element as it is parsed. Nesting needs no stack,
and nothing unchecked passes. Harmless DOCTYPEs, comments and processing instructions are dropped.
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
    describe_cause,
)
from images.limits import MIB
from images.sniff import GZIP
from images.svg_css import CssSimplifier, geometry_attributes
from images.svg_labels import Label

MAX_SVG_BYTES = 16 * MIB  # after decompression
MAX_ELEMENTS = 200_000
MAX_DEPTH = 256  # Inkscape and draw.io stay under 50

# Illustrator declares its namespaces as entities. Short entities without nested ones cannot expand without limit.
MAX_ENTITY_CHARACTERS = 100
MAX_BYTES_WITH_ENTITIES = 2 * MIB

DROPPED_ELEMENTS = frozenset({"script", "iframe", "object", "embed", "audio", "video"})
DRAWN_ELEMENTS = frozenset(
    {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "image", "use"}
)
# Prefixes that files use without a declaration. The renderer ignores the invented namespaces of other prefixes.
NAMESPACES = {"xlink": "http://www.w3.org/1999/xlink", "svg": "http://www.w3.org/2000/svg"}
EMBEDDED_RASTER = re.compile(r"data:image/(?:png|jpe?g|gif|webp)[;,]", re.IGNORECASE)
EMBEDDED_SVG = re.compile(r"data:image/svg\+xml([^,]*),", re.IGNORECASE)

CSS_IMPORT = re.compile(r"@import\b[^;]*;?", re.IGNORECASE)
CSS_EXTERNAL_URL = re.compile(r"url\(\s*(?!['\"]?#)[^)]*\)?", re.IGNORECASE)

MAX_EXTERNAL_REFERENCES = 20

SIMPLIFY = "simplify it, or save it as PNG"


@dataclass(frozen=True, slots=True)
class CleanedSvg:
    """An SVG without external references."""

    text: str
    shapes: int
    """The number of its shapes."""
    external_references: tuple[str, ...]
    """The addresses that were removed."""


def clean_svg(data: bytes, *, nested: bool = False) -> str:
    """Return an SVG or gzipped SVG as text without external references. `nested`: it is embedded in another SVG.

    Raises:
        UnreadablePictureError: The SVG is not well-formed.
        UnsupportedPictureError: It declares dangerous entities.
        PictureTooLargeError: It exceeds one of the limits.
    """
    return clean_and_inspect(data, nested=nested).text


def clean_and_inspect(data: bytes, *, nested: bool = False) -> CleanedSvg:
    """Clean an SVG like `clean_svg`; count its shapes and collect the removed references."""
    text = decompress_svg(data)
    cleaner = _Cleaner(
        len(text), nested, CssSimplifier.from_source(_decode(text)) if b"--" in text else CssSimplifier()
    )
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = cleaner.start
    parser.EndElementHandler = cleaner.end
    parser.CharacterDataHandler = cleaner.text
    parser.EntityDeclHandler = cleaner.entity
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnreadablePictureError(
            f"not well-formed SVG ({describe_cause(error)}); export it again"
        ) from error
    return CleanedSvg(cleaner.document(), cleaner.shapes, tuple(cleaner.external_references))


def decompress_svg(data: bytes) -> bytes:
    """Return the SVG, decompressed if it is gzipped. Raises PictureTooLargeError above MAX_SVG_BYTES."""
    if data.startswith(GZIP):
        decompressor = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            data = decompressor.decompress(data, MAX_SVG_BYTES + 1)
        except zlib.error as error:
            raise UnreadablePictureError(
                f"damaged gzip ({describe_cause(error)}); fetch or export it again"
            ) from error
        if not decompressor.eof and len(data) <= MAX_SVG_BYTES:
            raise UnreadablePictureError("truncated gzip; fetch or export it again")
    if len(data) > MAX_SVG_BYTES:
        raise PictureTooLargeError(len(data), MAX_SVG_BYTES, "bytes of SVG", SIMPLIFY)
    return data


@dataclass(slots=True)
class _Cleaner:
    """The parser's event handlers; `parts` is the cleaned output."""

    document_bytes: int
    nested: bool
    css: CssSimplifier
    parts: list[str] = field(default_factory=list)
    written: int = 0
    depth: int = 0
    elements: int = 0
    dropped_at: int = 0  # depth of the element that is dropped with its content; 0: none
    style: list[str] | None = None  # text of the current <style>: a rule may arrive in pieces
    label: Label | None = None  # of the current <foreignObject>
    label_depth: int = 0
    switches: dict[int, str] = field(
        default_factory=dict
    )  # by depth of the <switch>: the label that may be drawn in it
    prefixes: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)  # by the root element
    shapes: int = 0
    external_references: list[str] = field(default_factory=list)

    def document(self) -> str:
        """Return the cleaned document. The root element declares all namespace prefixes that are used undeclared."""
        undeclared = sorted(self.prefixes - self.declared - {"xml", "xmlns", ""})
        declarations = "".join(
            f' xmlns:{prefix}="{NAMESPACES.get(prefix, f"urn:undeclared:{prefix}")}"' for prefix in undeclared
        )
        if "" not in self.declared and "" in self.prefixes:
            declarations += f' xmlns="{NAMESPACES["svg"]}"'
        return "".join([self.parts[0], declarations, *self.parts[1:]]) if self.parts else ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count()
        if self.dropped_at:
            return
        local = _local(name)
        if self.label is None and self.switches.get(self.depth - 1) and local != "foreignObject":
            # A fallback follows the label for renderers without HTML: a text that may be truncated, or a picture of it.
            pending = self.switches[self.depth - 1]
            self.switches[self.depth - 1] = ""
            if local == "text":
                self._draw_label(pending)
                self.dropped_at = self.depth
                return
        if self.label is not None:
            self.label.start(local, attributes)
        elif local == "foreignObject":
            self.label, self.label_depth = Label(attributes), self.depth
        elif local in DROPPED_ELEMENTS:
            self.dropped_at = self.depth
        else:
            self._begin(name, local, attributes)

    def _begin(self, name: str, local: str, attributes: dict[str, str]) -> None:
        self.prefixes.add(_prefix(name))
        self.shapes += local in DRAWN_ELEMENTS
        merged = dict(geometry_attributes(attributes.get("style", ""))) | attributes
        safe = {key: self._attribute(key, value) for key, value in merged.items()}
        self.prefixes |= {_prefix(key) for key, value in safe.items() if value is not None and ":" in key}
        if self.depth == 1:
            self.declared = {
                _local(key) if ":" in key else "" for key in attributes if key.startswith("xmlns")
            }
        self._write(f"<{name}")
        self._write(
            "".join(f' {key}="{escape(value)}"' for key, value in safe.items() if value is not None) + ">"
        )
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
        if self.label_depth != self.depth:
            label.end(name)
            return
        self.label = None
        if self.depth - 1 in self.switches:
            self.switches[self.depth - 1] = label.to_svg()
        else:
            self._draw_label(label.to_svg())

    def _draw_label(self, label_svg: str) -> None:
        self.shapes += bool(label_svg)
        self._write(label_svg)

    def text(self, text: str) -> None:
        if self.dropped_at:
            return
        if self.label is not None:
            self.label.text(text)
        elif self.style is not None:
            self.style.append(text)
        else:
            self._write(escape(text, quote=False))

    def entity(self, name: str, is_parameter: bool, value: str | None, *_external: str | None) -> None:
        is_plain = value is not None and len(value) <= MAX_ENTITY_CHARACTERS and not set(value) & set("&%<")
        if is_parameter or not is_plain or self.document_bytes > MAX_BYTES_WITH_ENTITIES:
            raise UnsupportedPictureError(
                f"SVG that declares the XML entity {name[:40]!r}, which could read files or fill the memory; "
                "export it as plain SVG"
            )

    def _attribute(self, name: str, value: str) -> str | None:
        """Return the cleaned value, or None to drop the attribute."""
        if _local(name) == "href":
            return self._reference(value.strip())
        if name.lower().startswith("on"):
            return None
        return self._css(value)

    def _css(self, css: str) -> str:
        return self.css.simplify(_without_external_urls(css))

    def _reference(self, target: str) -> str | None:
        if target.startswith("#") or EMBEDDED_RASTER.match(target):
            return target
        inner = EMBEDDED_SVG.match(target)
        if inner is None or self.nested:
            if len(self.external_references) < MAX_EXTERNAL_REFERENCES:
                self.external_references.append(target[:200])
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


def _decode(text: bytes) -> str:
    is_wide = text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return text.decode("utf-16" if is_wide else "utf-8", errors="replace")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _without_external_urls(css: str) -> str:
    return CSS_EXTERNAL_URL.sub("none", css)


def _clean_data_address(parameters: str, payload: str) -> str | None:
    """Clean an embedded SVG, such as an icon of draw.io. Return None if it is broken: only the icon is lost."""
    try:
        raw = unquote_to_bytes(payload)
        inner = clean_svg(base64.b64decode(raw) if "base64" in parameters.lower() else raw, nested=True)
    except (PictureError, ValueError):
        return None
    return "data:image/svg+xml;base64," + base64.b64encode(inner.encode()).decode()
