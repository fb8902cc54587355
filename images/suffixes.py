"""File name suffixes of pictures: of the formats that `open_picture` decodes, and of other formats."""

from __future__ import annotations

SUFFIXES_OF_FORMATS: dict[str, tuple[str, ...]] = {
    "png": ("png", "apng"),
    # A phone's `.mpo` begins with a whole JPEG.
    "jpeg": ("jpg", "jpeg", "jpe", "jfif", "jif", "jfi", "pjpeg", "pjp", "mpo"),
    "gif": ("gif",),
    "webp": ("webp",),
    "avif": ("avif", "avifs"),
    "bmp": ("bmp", "dib"),
    "tiff": ("tif", "tiff"),
    "jpeg2000": ("jp2", "j2k", "j2c", "jpc", "jpf", "jpx"),
    "ppm": ("ppm", "pgm", "pbm", "pnm"),
    "svg": ("svg", "svgz"),
}
"""The suffixes of each format that `sniff_format` detects: lower case, without the dot."""

FOREIGN_SUFFIXES: tuple[str, ...] = (
    *(
        "heic",
        "heif",
        "hif",
        "jxl",
        "jxr",
        "ico",
        "cur",
        "icns",
        "psd",
        "eps",
        "tga",
        "pcx",
        "xcf",
        "raw",
        "dng",
    ),
    *("emf", "wmf", "emz", "wmz", "pfm", "pam", "xbm", "xpm"),
)
"""Suffixes of pictures that are not decoded: their addresses are reported as pictures that cannot be read."""

PICTURE_SUFFIXES: tuple[str, ...] = tuple(
    suffix for suffixes in SUFFIXES_OF_FORMATS.values() for suffix in suffixes
)
"""All suffixes of pictures that can be decoded; the only such list in this program."""
