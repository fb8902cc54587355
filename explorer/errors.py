"""The one exception family of the explorer. A message says what happened, to which file, and what to do.

ExplorerError
├── ArchiveProblem      the archive cannot be read: fix the path, or the file it names
├── LibraryProblem      the library folder is missing, busy, foreign or damaged
├── QueryProblem        the search cannot be understood, or its picture cannot be opened
├── EncoderProblem      the encoder cannot be loaded: name another, or bring its weights
└── IndexProblem        the index cannot answer
    ├── IndexMissing    nothing is indexed yet
    ├── IndexInUse      another program is writing it: wait for it
    ├── IndexDamaged    its files are broken: rebuild it from the catalog
    ├── WrongEncoder    another encoder wrote these vectors: use that one, or re-encode
    └── ServerProblem   the Qdrant server does not answer, or refuses
"""


class ExplorerError(Exception):
    """Root of everything the explorer tells its user; the command line prints it and exits with 1."""


class ArchiveProblem(ExplorerError):
    """The archive cannot be read."""


class LibraryProblem(ExplorerError):
    """The library folder is missing, busy, foreign or damaged."""


class QueryProblem(ExplorerError):
    """The search cannot be understood, or its picture cannot be opened."""


class EncoderProblem(ExplorerError):
    """The encoder cannot be loaded."""


class IndexProblem(ExplorerError):
    """The index cannot answer."""


class IndexMissing(IndexProblem):
    """Nothing is indexed yet."""


class IndexInUse(IndexProblem):
    """Another program is writing the index."""


class IndexDamaged(IndexProblem):
    """The files of the index are broken; the catalog can rebuild it."""


class WrongEncoder(IndexProblem):
    """The vectors of this index were written by another encoder."""


class ServerProblem(IndexProblem):
    """The Qdrant server does not answer, or refuses."""
