"""What can go wrong with encoders, split by what the reader can do about it.

EncoderError
├── UnknownModel        the name means nothing: choose another
├── DeviceUnavailable   the device is not in this machine: choose another
├── WeightsNotFound     not on this machine: fetch them, or use `lite`
├── WeightsDamaged      a file is not what it should be: replace it
├── EncodingFailed      a model loads, and makes no vectors: name another
├── DownloadFailed      the network or the hub said no: try again later
├── CacheDamaged        the cache of vectors is unreadable: delete it, it is rebuilt
└── CacheUnusable       the cache of vectors cannot be opened or written here
"""


class EncoderError(Exception):
    """Anything wrong with encoders or cached vectors; the message says what, where and the way out."""


class UnknownModel(EncoderError):
    """No model has this name."""


class DeviceUnavailable(EncoderError):
    """The device that was asked for is not in this machine."""


class WeightsNotFound(EncoderError):
    """Weights or tokenizer files that a model needs are not on this machine."""


class WeightsDamaged(EncoderError):
    """A file of weights is truncated, altered, or made for another architecture."""


class EncodingFailed(EncoderError):
    """A model raised an error, or made no numbers, of what it was to encode."""


class DownloadFailed(EncoderError):
    """Weights were to be fetched, and the network or the hub said no."""


class CacheDamaged(EncoderError):
    """The file with cached vectors is not readable any more."""


class CacheUnusable(EncoderError):
    """The file with cached vectors cannot be opened or written: no rights, no space, or locked."""
