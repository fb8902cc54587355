"""Builders for what a catalog keeps."""

from explorer.archive.model import Figure, Issue, Item, Metadata, Status
from explorer.catalog.issues import KeptFigure


def figure(image="images/a.png", caption=None, *, order=0, status=Status.MISSING, **more):
    return Figure(order, image, status, caption, **more)


def issue(document="one.md", *, figures=(), items=(("Heading", "Text"),), left_out=(), **metadata):
    return Issue(
        document,
        Metadata(**metadata),
        tuple(Item(n, heading, text) for n, (heading, text) in enumerate(items)),
        tuple(figures),
        tuple(left_out),
    )


def keep(catalog, one, *, archive="archive", problems=(), digest="1", sha256=None):
    """Puts an issue into the catalog as an ingest does."""
    number, name = catalog.archives.register(f"/{archive}", archive)
    status = Status.KEPT if sha256 else None
    kept = [KeptFigure(it, status or it.status, sha256) for it in one.figures]
    catalog.issues.replace(number, name, one, kept, list(problems), digest)
    return number
