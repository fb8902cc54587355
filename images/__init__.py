"""Everything about one picture: open it safely, know its facts, make it small, tell it from others."""

from images.colours import dominant_colours
from images.errors import PictureError, PictureTooLarge, UnreadablePicture, UnsupportedPicture
from images.fingerprint import FINGERPRINT_BITS, NEAR_DUPLICATE_BITS, fingerprint, fingerprint_distance
from images.limits import DEFAULT_LIMITS, Limits
from images.picture import Picture, PictureFacts, open_picture, read_picture
from images.sniff import sniff_format
from images.thumbnail import THUMBNAIL_SIZES, ThumbnailSize, thumbnail

__all__ = [
    "DEFAULT_LIMITS",
    "FINGERPRINT_BITS",
    "NEAR_DUPLICATE_BITS",
    "THUMBNAIL_SIZES",
    "Limits",
    "Picture",
    "PictureError",
    "PictureFacts",
    "PictureTooLarge",
    "ThumbnailSize",
    "UnreadablePicture",
    "UnsupportedPicture",
    "dominant_colours",
    "fingerprint",
    "fingerprint_distance",
    "open_picture",
    "read_picture",
    "sniff_format",
    "thumbnail",
]
