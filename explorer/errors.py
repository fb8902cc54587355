"""The exceptions of the explorer. A message names the problem, the file and the way out.

ExplorerError
├── ArchiveError               the archive cannot be read: fix the path, or the file it names
├── LibraryError               the library folder is missing, busy, foreign or damaged
├── QueryError                 the search cannot be understood, or its picture cannot be opened
├── EncoderUnavailableError    the encoder cannot be loaded: name another, or bring its weights
└── SearchIndexError           the index cannot answer
    ├── IndexMissingError      nothing is indexed yet
    ├── IndexInUseError        another program is writing it: wait for it
    ├── IndexDamagedError      its files are broken: rebuild it from the catalog
    ├── WrongEncoderError      another encoder wrote these vectors: use that one, or re-encode
    └── ServerError            the Qdrant server does not answer, or refuses
"""


class ExplorerError(Exception):
    """Base of all errors that the explorer reports to its user. The command line prints it and exits with 1."""


class ArchiveError(ExplorerError):
    """The archive cannot be read."""


class LibraryError(ExplorerError):
    """The library folder is missing, busy, foreign or damaged."""


class QueryError(ExplorerError):
    """The search cannot be understood, or its picture cannot be opened."""


class EncoderUnavailableError(ExplorerError):
    """The encoder cannot be loaded."""


class SearchIndexError(ExplorerError):
    """The index cannot answer."""


class IndexMissingError(SearchIndexError):
    """Nothing is indexed yet."""


class IndexInUseError(SearchIndexError):
    """Another program is writing the index."""


class IndexDamagedError(SearchIndexError):
    """The files of the index are broken; the catalog can rebuild it."""


class WrongEncoderError(SearchIndexError):
    """The vectors of this index were written by another encoder."""


class ServerError(SearchIndexError):
    """The Qdrant server does not answer, or refuses."""
