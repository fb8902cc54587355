"""Work on single pictures: decode them safely, read their properties, make thumbnails, compare them."""

from images.alike import ALIKE_RECIPE, ENOUGH_KEYPOINTS, are_copies
from images.colours import colour_name, dominant_colours
from images.decoded import DecodedPicture
from images.details import KEYPOINTS_RECIPE, Box, KeypointMatch, Keypoints, detect_keypoints, match_keypoints
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
from images.panels import find_panels
from images.parts import REGIONS_RECIPE, WHOLE_PICTURE, crop_region, find_regions
from images.picture import Picture, PictureFacts, decode_picture, open_picture, read_picture
from images.reading import Line, ocr_recipe, read_text
from images.sniff import sniff_format
from images.suffixes import PICTURE_SUFFIXES
from images.svg_embedding import embed_pictures, external_pictures
from images.svg_text import svg_text_lines
from images.thumbnail import THUMBNAIL_SIZES, ThumbnailSize, thumbnail, thumbnails

__all__ = [
    "ALIKE_RECIPE",
    "DEFAULT_LIMITS",
    "ENOUGH_KEYPOINTS",
    "FINGERPRINT_BITS",
    "KEYPOINTS_RECIPE",
    "NEAR_DUPLICATE_BITS",
    "PICTURE_SUFFIXES",
    "REGIONS_RECIPE",
    "THUMBNAIL_SIZES",
    "WHOLE_PICTURE",
    "Box",
    "DecodedPicture",
    "KeypointMatch",
    "Keypoints",
    "Limits",
    "Line",
    "Picture",
    "PictureError",
    "PictureFacts",
    "PictureTooLargeError",
    "ReaderMissingError",
    "ThumbnailSize",
    "UnreadablePictureError",
    "UnsupportedPictureError",
    "are_copies",
    "colour_name",
    "crop_region",
    "decode_picture",
    "detect_keypoints",
    "dominant_colours",
    "embed_pictures",
    "external_pictures",
    "find_panels",
    "find_regions",
    "fingerprint",
    "fingerprint_distance",
    "match_keypoints",
    "ocr_recipe",
    "open_picture",
    "read_picture",
    "read_text",
    "sniff_format",
    "svg_text_lines",
    "thumbnail",
    "thumbnails",
    "turned_fingerprints",
]
