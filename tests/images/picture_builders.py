"""Pictures drawn by code and bytes crafted by hand, for the tests of `images`."""

import struct
import zlib
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '


def drawing(width=160, height=120):
    """A picture with structure: a red box top left, a blue disc bottom right, a slanted line."""
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width // 2, height // 3), fill=(220, 30, 30))
    draw.ellipse((width // 2, height // 2, width - 5, height - 5), fill=(20, 40, 200))
    draw.line((0, height, width, 0), fill="black", width=3)
    return picture


def noise(width=80, height=64, seed=0):
    """A picture that does not compress, so every cut of its file loses pixels."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8))


def encoded(picture, format, **options):
    file = BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def svg(inside, attributes='width="40" height="20"', before=""):
    return f"{before}{SVG}{attributes}>{inside}</svg>".encode()


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_claiming(width, height, pixels=b""):
    """A well-formed PNG whose header claims any size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(pixels))
        + png_chunk(b"IEND", b"")
    )


def gif_with_frames(count):
    """A GIF of `count` one-pixel frames."""
    frame = b"\x2c\0\0\0\0\1\0\1\0\0" + b"\x02\x02\x44\x01\x00"
    return b"GIF89a\1\0\1\0\x80\0\0" + b"\0\0\0\xff\xff\xff" + frame * count + b";"
