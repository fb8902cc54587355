"""Errors of encoders, distinguished by what the user can do.

EncoderError
├── UnknownModelError        no model has this name: choose another
├── DeviceUnavailableError   this machine has no such device: choose another
├── WeightsNotFoundError     the files are not on this machine: fetch them, or use `lite`
├── WeightsDamagedError      a file is damaged or of another model: replace it
├── EncodingError            a model loads but cannot encode: choose another
├── DownloadError            the network or the hub failed: try again later
├── CacheDamagedError        the cache of vectors is unreadable: move it away, a new one will be created
└── CacheUnusableError       the cache of vectors cannot be opened or written
"""


class EncoderError(Exception):
    """Base class: an error of encoders or cached vectors. Messages state the problem, the file and the way out."""


class UnknownModelError(EncoderError):
    """No model has this name."""


class DeviceUnavailableError(EncoderError):
    """This machine does not have the requested device."""


class WeightsNotFoundError(EncoderError):
    """Weights or tokenizer files of a model are not on this machine."""


class WeightsDamagedError(EncoderError):
    """A file of weights is truncated, modified, or of another architecture."""


class EncodingError(EncoderError):
    """A model failed to encode its input, or returned NaN or infinite values."""


class DownloadError(EncoderError):
    """Weights could not be downloaded because of the network or the hub."""


class CacheDamagedError(EncoderError):
    """The file with cached vectors is damaged."""


class CacheUnusableError(EncoderError):
    """The file with cached vectors cannot be opened or written: permissions, space, or a lock."""
