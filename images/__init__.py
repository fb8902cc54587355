"""Everything about one picture: open it safely, know its facts, make it small, tell it from others."""

from images.alike import ALIKE_RECIPE, ENOUGH_DETAILS, alike
from images.colours import dominant_colours
from images.decoded import Decoded
from images.details import DETAILS_RECIPE, Details, Match, details, match
from images.errors import (
    PictureError,
    PictureTooLargeError,
    ReaderMissingError,
    UnreadablePictureError,
    UnsupportedPictureError,
)
from images.fingerprint import (
    FINGERPRINT_BITS,
    NEAR_DUPLICATE_BITS,
    fingerprint,
    fingerprint_distance,
    turned_fingerprints,
)
from images.limits import DEFAULT_LIMITS, Limits
from images.panels import panels
from images.parts import PARTS_RECIPE, WHOLE, part, parts
from images.picture import Picture, PictureFacts, decode_picture, open_picture, read_picture
from images.reading import Line, read_text, reading_recipe
from images.sniff import sniff_format
from images.suffixes import PICTURE_SUFFIXES
from images.svg_embedding import pictures_outside, with_pictures
from images.svg_text import words_in_drawing
from images.thumbnail import THUMBNAIL_SIZES, ThumbnailSize, thumbnail, thumbnails

__all__ = [
    "ALIKE_RECIPE",
    "DEFAULT_LIMITS",
    "DETAILS_RECIPE",
    "ENOUGH_DETAILS",
    "FINGERPRINT_BITS",
    "NEAR_DUPLICATE_BITS",
    "PARTS_RECIPE",
    "PICTURE_SUFFIXES",
    "THUMBNAIL_SIZES",
    "WHOLE",
    "Decoded",
    "Details",
    "Limits",
    "Line",
    "Match",
    "Picture",
    "PictureError",
    "PictureFacts",
    "PictureTooLargeError",
    "ReaderMissingError",
    "ThumbnailSize",
    "UnreadablePictureError",
    "UnsupportedPictureError",
    "alike",
    "decode_picture",
    "details",
    "dominant_colours",
    "fingerprint",
    "fingerprint_distance",
    "match",
    "open_picture",
    "panels",
    "part",
    "parts",
    "pictures_outside",
    "read_picture",
    "read_text",
    "reading_recipe",
    "sniff_format",
    "thumbnail",
    "thumbnails",
    "turned_fingerprints",
    "with_pictures",
    "words_in_drawing",
]
