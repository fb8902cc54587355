"""PDFs in a few lines: words, drawings and pictures on pages, in points from the top left corner."""

import io
import zlib

from PIL import Image

A4 = (595, 842)
_NARROW = dict.fromkeys("ijl", 222) | dict.fromkeys(" ft.,:;!|()[]-/I", 278) | {"r": 333}
_WIDE = {"m": 833, "w": 722, "M": 833, "W": 944} | dict.fromkeys("ABEKPSVXYCDHNRUGOQ", 690)
_WIDTHS = dict.fromkeys("ckvxyzsJ", 500) | {"L": 556, "F": 611, "T": 611, "Z": 611} | _NARROW | _WIDE
LOREM = (
    "The mill stands on the bank of the river and has been grinding corn for three hundred years. Its wheel was made "
    "of oak and turned by the water that came down from the hills in spring. Nobody knows who built the first of them, "
    "but the oldest papers tell of a miller and his daughter who lived there with a dog and seven geese. "
)


def width_of(words, size):
    """How wide the words are in Helvetica, about."""
    return sum(_WIDTHS.get(letter, 556) for letter in words) * size / 1000


def photo(width=320, height=240, seed=1):
    """A picture that no other seed gives."""
    across = Image.linear_gradient("L").resize((width, height))
    down = across.transpose(Image.Transpose.ROTATE_90).resize((width, height))
    return Image.merge("RGB", (across, down, Image.new("L", (width, height), seed * 37 % 256)))


def jpeg(picture):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


class Drawing:
    """What stands on one page, or in one form of it."""

    def __init__(self, pdf, width, height):
        self._pdf, self.width, self.height = pdf, width, height
        self.content, self.resources = [], {}

    def text(self, left, baseline, words, size=10, bold=False, upwards=False, downwards=False):
        turn = "0 1 -1 0" if upwards else "0 -1 1 0" if downwards else "1 0 0 1"
        written = words.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        self.content.append(
            f"BT /{'B' if bold else 'R'} {size} Tf {turn} {left} {self.height - baseline} Tm (".encode()
            + written
            + b") Tj ET"
        )
        return self

    def paragraph(self, left, top, width, words, size=10, leading=1.2, bold=False):
        """Sets the words in lines; returns where the next line would begin."""
        line, baseline = "", top + size
        for word in words.split():
            if line and width_of(f"{line} {word}", size) > width:
                self.text(left, baseline, line, size, bold)
                line, baseline = word, baseline + size * leading
            else:
                line = f"{line} {word}".strip()
        self.text(left, baseline, line, size, bold)
        return baseline + size * (leading - 1)

    def line(self, *points):
        """A stroke through points (left, top)."""
        first, *rest = [f"{left} {self.height - top}" for left, top in points]
        self.content.append(f"{first} m {' '.join(f'{point} l' for point in rest)} S".encode())
        return self

    def rectangle(self, left, top, width, height, fill=None):
        paint = f"{fill} rg" if fill else ""
        at = f"{left} {self.height - top - height} {width} {height} re"
        self.content.append(f"q {paint} {at} {'f' if fill else 'S'} Q".encode())
        return self

    def chart(self, left, top, width, height):
        """Axes, a curve, words and numbers at them: a drawing of lines alone."""
        self.line((left, top), (left, top + height), (left + width, top + height))
        self.line(*((left + width * n / 20, top + height - height * (n / 20) ** 2) for n in range(21)))
        for n in range(5):
            self.text(left + width * n / 4 - 4, top + height + 10, str(n * 10), 7)
            self.text(left - 14, top + height - height * n / 4, str(n), 7)
        self.text(left + width / 2 - 20, top + height + 20, "time in days", 7)
        self.text(left - 18, top + height / 2 + 20, "height", 7, upwards=True)
        return self

    def table(self, left, top, rows, cells=("Mill", "Corn", "Days", "Year"), width=90, ruled="cells"):
        """Rows of words, each in a cell of its own or between three rules; returns where it ends."""
        for row in range(rows):
            for column, word in enumerate(cells):
                if ruled == "cells":
                    self.rectangle(left + column * width, top + row * 18, width, 18)
                self.text(left + column * width + 5, top + row * 18 + 12, f"{word} {row}", 8)
        if ruled == "rules":
            for row in (0, 1, rows):
                self.line((left, top + row * 18), (left + width * len(cells), top + row * 18))
        return top + rows * 18

    def picture(self, left, top, width, height, data, mask=None):
        """A picture in a box: a JPEG's bytes, or a Pillow picture, which is packed without loss."""
        name = self._pdf.picture(data, mask)
        self.resources[name] = name
        self._paint(name, f"{width} 0 0 {height} {left} {self.height - top - height}")
        return self

    def form(self, left, top, scale, drawing):
        """A drawing made with `Pdf.drawing`, as LaTeX puts its figures in."""
        name = self._pdf.form(drawing)
        self.resources[name] = name
        self._paint(name, f"{scale} 0 0 {scale} {left} {self.height - top - drawing.height * scale}")
        return self

    def _paint(self, name, matrix):
        self.content.append(f"q {matrix} cm /X{name} Do Q".encode())

    def resource_objects(self):
        forms = " ".join(f"/X{name} {name} 0 R" for name in self.resources)
        return f"<< /Font << /R 1 0 R /B 2 0 R >> /XObject << {forms} >> >>"


class Pdf:
    """A document; `bytes` is the file."""

    def __init__(self, **info):
        self._objects = [
            *(f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
              for name in ("Helvetica", "Helvetica-Bold")),
        ]  # fmt: skip
        self._pages = []
        self._info = info
        self.catalog = ""  # what else its catalog says
        self.trailer = ""

    def page(self, size=A4, rotate=0):
        drawing = Drawing(self, *size)
        self._pages.append((drawing, rotate))
        return drawing

    def drawing(self, width, height):
        return Drawing(self, width, height)

    def picture(self, data, mask=None):
        if isinstance(data, bytes):
            with Image.open(io.BytesIO(data)) as opened:
                (width, height), coding = opened.size, "/DCTDecode"
        else:
            (width, height), coding = data.size, "/FlateDecode"
            data = zlib.compress(data.convert("RGB").tobytes())
        softened = f" /SMask {self._grey(mask)} 0 R" if mask else ""
        space = f"/Width {width} /Height {height} /ColorSpace /DeviceRGB /BitsPerComponent 8"
        return self._add(_stream(f"/Type /XObject /Subtype /Image {space} /Filter {coding}{softened}", data))

    def _grey(self, picture):
        space = f"/Width {picture.width} /Height {picture.height} /ColorSpace /DeviceGray /BitsPerComponent 8"
        data = zlib.compress(picture.convert("L").tobytes())
        return self._add(_stream(f"/Type /XObject /Subtype /Image {space} /Filter /FlateDecode", data))

    def form(self, drawing):
        head = f"/Type /XObject /Subtype /Form /BBox [0 0 {drawing.width} {drawing.height}] /Resources "
        return self._add(_stream(head + drawing.resource_objects(), b"\n".join(drawing.content)))

    def bytes(self):
        pages = [self._page(*page) for page in self._pages]
        tree = self._add(
            f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{n} 0 R' for n in pages)}] >>".encode()
        )
        for number in pages:
            self._objects[number - 1] = self._objects[number - 1].replace(b"TREE", str(tree).encode())
        catalog = self._add(f"<< /Type /Catalog /Pages {tree} 0 R {self.catalog} >>".encode())
        info = self._add(
            "<< {} >>".format(" ".join(f"/{key} ({value})" for key, value in self._info.items())).encode(
                "latin-1"
            )
        )
        return self._file(f"/Root {catalog} 0 R /Info {info} 0 R {self.trailer}")

    def _page(self, drawing, rotate):
        content = self._add(_stream("", b"\n".join(drawing.content)))
        return self._add(
            f"<< /Type /Page /Parent TREE 0 R /MediaBox [0 0 {drawing.width} {drawing.height}] /Rotate {rotate} "
            f"/Contents {content} 0 R /Resources {drawing.resource_objects()} >>".encode()
        )

    def _add(self, body):
        self._objects.append(body)
        return len(self._objects)

    def _file(self, trailer):
        written, places = b"%PDF-1.7\n", []
        for number, body in enumerate(self._objects, start=1):
            places.append(len(written))
            written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        table = b"".join(b"%010d 00000 n \n" % place for place in places)
        size = len(places) + 1
        return (
            written
            + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
            + f"trailer << /Size {size} {trailer} >>\nstartxref\n{len(written)}\n%%EOF\n".encode()
        )


def _stream(head, data):
    return f"<< {head} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"
