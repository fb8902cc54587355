"""What can go wrong with encoders, split by what the reader can do about it.

EncoderError
├── UnknownModelError        the name means nothing: choose another
├── DeviceUnavailableError   the device is not in this machine: choose another
├── WeightsNotFoundError     not on this machine: fetch them, or use `lite`
├── WeightsDamagedError      a file is not what it should be: replace it
├── EncodingError            a model loads, and makes no vectors: name another
├── DownloadError            the network or the hub said no: try again later
├── CacheDamagedError        the cache of vectors is unreadable: move it away, a new one is made
└── CacheUnusableError       the cache of vectors cannot be opened or written here
"""


class EncoderError(Exception):
    """Anything wrong with encoders or cached vectors; the message says what, where and the way out."""


class UnknownModelError(EncoderError):
    """No model has this name."""


class DeviceUnavailableError(EncoderError):
    """The device that was asked for is not in this machine."""


class WeightsNotFoundError(EncoderError):
    """Weights or tokenizer files that a model needs are not on this machine."""


class WeightsDamagedError(EncoderError):
    """A file of weights is truncated, altered, or made for another architecture."""


class EncodingError(EncoderError):
    """A model raised an error, or made no numbers, of what it was to encode."""


class DownloadError(EncoderError):
    """Weights were to be fetched, and the network or the hub said no."""


class CacheDamagedError(EncoderError):
    """The file with cached vectors is not readable any more."""


class CacheUnusableError(EncoderError):
    """The file with cached vectors cannot be opened or written: no rights, no space, or locked."""
