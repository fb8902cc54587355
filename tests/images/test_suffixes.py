"""The list of picture suffixes is the opener's own: each format that it decodes has its suffixes, and no other."""

import gzip

import pytest
from picture_builders import drawing, encoded, svg

from images import PICTURE_SUFFIXES, open_picture, sniff_format
from images.raster import DECODERS
from images.suffixes import SUFFIXES_OF_FORMATS

SAMPLES = {
    **{format: encoded(drawing(), format.upper()) for format in DECODERS},
    "svg": gzip.compress(svg('<rect width="20" height="10"/>')),
}


def test_every_format_that_is_decoded_has_suffixes():
    assert set(SUFFIXES_OF_FORMATS) == {*DECODERS, "svg"}
    assert len(set(PICTURE_SUFFIXES)) == len(PICTURE_SUFFIXES)


@pytest.mark.parametrize("format", SUFFIXES_OF_FORMATS)
def test_what_is_kept_under_these_suffixes_opens(format):
    assert sniff_format(SAMPLES[format]) == format
    assert min(open_picture(SAMPLES[format]).size) > 1
