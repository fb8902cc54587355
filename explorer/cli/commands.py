"""The verbs of `explorer`. Each parses its options, calls the library and prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from explorer.cli import render
from explorer.cli.error_handling import CommandGroup
from explorer.cli.usage import WrongUsageError, checked_date

if TYPE_CHECKING:
    from explorer.catalog.records import Selection
    from explorer.library.library import Library
    from explorer.library.manifest import Layout

app = typer.Typer(
    name="explorer",
    cls=CommandGroup,
    help="Search the pictures in your archive: figures by words, by example and by caption.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

LibraryOption = Annotated[
    Path,
    typer.Option(
        "--library", envvar="EXPLORER_LIBRARY", help="The folder of the library.", show_default=True
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="JSON on stdout: one line each for lists, one object else.")
]
MOST = 10**9  # beyond any library, and within what SQLite and Qdrant can count
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, max=MOST, help="At most so many.")]
OffsetOption = Annotated[
    int, typer.Option("--offset", min=0, max=MOST, help="Leave out so many at the beginning.")
]
DocumentOption = Annotated[str | None, typer.Option("--document", help="Only this document of the archive.")]
NumberOption = Annotated[
    int | None, typer.Option("--number", min=0, max=MOST, help="Only the issue of this number.")
]
AfterOption = Annotated[
    str | None,
    typer.Option(
        "--after", callback=checked_date, help="Only from this date on: 2024, 2024-03 or 2024-03-09."
    ),
]
BeforeOption = Annotated[
    str | None,
    typer.Option("--before", callback=checked_date, help="Only up to this date, inclusive."),
]
CaptionOption = Annotated[
    bool | None, typer.Option("--has-caption/--no-caption", help="Only figures with, or without, a caption.")
]
ShardsOption = Annotated[
    int | None, typer.Option(min=1, max=MOST, help="On a server: keep the index in so many parts.")
]
ReplicasOption = Annotated[
    int | None, typer.Option(min=1, max=MOST, help="On a server: keep each part on so many nodes.")
]
OnDiskOption = Annotated[
    bool | None, typer.Option("--on-disk/--in-memory", help="On a server: where whole vectors are read from.")
]
QuantisationOption = Annotated[
    Literal["scalar", "binary", "none"] | None,
    typer.Option(help="On a server: search vectors of a byte (scalar) or a bit (binary) per number first."),
]
RayOption = Annotated[
    str | None,
    typer.Option(
        "--ray", metavar="ADDRESS", help="Look at pictures on this Ray cluster; local: on all cores."
    ),
]
HOME = Path("library")


@app.command()
def ingest(
    archives: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...", help="Folders, zips or documents to read; or the address of a site, to copy."
        ),
    ],
    library: LibraryOption = HOME,
    encoder: Annotated[
        str | None, typer.Option(help="What makes the vectors: see `explorer models`.")
    ] = None,
    qdrant_url: Annotated[
        str | None, typer.Option(help="Keep the index on this Qdrant server; the key is QDRANT_API_KEY.")
    ] = None,
    shards: ShardsOption = None,
    replicas: ReplicasOption = None,
    on_disk: OnDiskOption = None,
    quantisation: QuantisationOption = None,
    fetch_remote: Annotated[
        bool, typer.Option("--fetch-remote", help="Fetch pictures that lie outside the archive.")
    ] = False,
    pause: Annotated[
        float, typer.Option(min=0.1, max=3600, help="Seconds between two requests to a site that is copied.")
    ] = 1.0,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make the index anew, not from the current one.")
    ] = False,
    ray: RayOption = None,
    json: JsonOption = False,
) -> None:
    """Read archives into the library; again, to take in what changed."""
    from explorer.cli.progress import progress_for_stderr
    from explorer.library.library import Library

    layout = layout_of(shards, replicas, on_disk, quantisation)
    with Library.create_for_ingest(library, qdrant_url=qdrant_url, layout=layout) as opened:
        report = opened.archives.ingest(
            archives,
            encoder=encoder,
            fetch_remote=fetch_remote,
            rebuild=rebuild,
            ray=ray,
            pause=pause,
            progress=progress_for_stderr(),
            tell=render.note,
        )
        news = [] if json else opened.saved_searches.updates()
    if json:
        render.print_json(render.as_json(report))
        return
    left_out = ", ".join(f"{count} {reason}" for reason, count in report.left_out.items())
    render.print_pairs(
        [
            ("issues", report.issues),
            ("items", report.items),
            ("figures", f"{report.figures} showing {report.pictures} pictures"),
            ("missing", _counted(report.missing, "pictures are not in the archive")),
            (
                "remote",
                _counted(report.remote, "pictures lie outside the archive (--fetch-remote gets them)"),
            ),
            ("left out", left_out),
            (
                "mentioned",
                _counted(
                    report.mentioned,
                    f"addresses of pictures were not read: explorer problems --library {library}",
                ),
            ),
            (
                "problems",
                _counted(report.problems, f"files could not be read: explorer problems --library {library}"),
            ),
            (
                "skipped",
                _counted(report.skipped, f"files are no issues: explorer problems --library {library}"),
            ),
            (
                "unread",
                _counted(
                    report.unread,
                    f"pictures may carry text that nobody has read: explorer enrich --library {library}",
                ),
            ),
            (
                "put off",
                _counted(
                    report.put_off,
                    f"texts of long issues are found by their words alone until: explorer enrich --library {library}",
                ),
            ),
            ("encoder", report.encoder),
            ("took", f"{report.seconds:.1f} s"),
            (
                "news",
                ", ".join(f"{len(one.new)} for the saved search {one.saved_search.name}" for one in news),
            ),
            (
                "next",
                f'explorer search "what you remember" --library {library}, or explorer app --library {library}',
            ),
        ]
    )


def layout_of(
    shards: int | None,
    replicas: int | None,
    on_disk: bool | None,
    quantisation: Literal["scalar", "binary", "none"] | None,
) -> Layout:
    """What was said of how a server keeps the index."""
    said: Layout = {}
    if shards is not None:
        said["shards"] = shards
    if replicas is not None:
        said["replicas"] = replicas
    if on_disk is not None:
        said["on_disk"] = on_disk
    if quantisation is not None:
        said["quantisation"] = None if quantisation == "none" else quantisation
    return said


@app.command()
def enrich(
    library: LibraryOption = HOME,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, max=MOST, help="Read at most so many pictures now.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Encode the rest of long issues, read the text in the pictures, and make both searchable; again, to go on."""
    from explorer.cli.progress import progress_for_stderr

    with _open(library) as opened:
        report = opened.archives.enrich(limit=limit, progress=progress_for_stderr(), tell=render.note)
    if json:
        render.print_json(render.as_json(report))
        return
    render.print_pairs(
        [
            ("encoded", _counted(report.encoded, "texts of long issues")),
            ("read", f"{report.read} pictures, {report.with_text} of them carry text"),
            ("unread", _counted(report.unread, f"pictures are left: explorer enrich --library {library}")),
            ("took", f"{report.seconds:.1f} s"),
        ]
    )


@app.command()
def search(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[LINE]", help="What you remember of the picture.")
    ] = None,
    image: Annotated[Path | None, typer.Option(help="Find figures like this picture.")] = None,
    box: Annotated[
        str | None, typer.Option(help="Only this part of the picture: left,top,right,bottom in px.")
    ] = None,
    like: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="More like this figure or item; may be repeated.")
    ] = None,
    unlike: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Less like this one; may be repeated.")
    ] = None,
    kind: Annotated[
        Literal["figure", "item", "any"] | None, typer.Option(help="What to find: figures unless said.")
    ] = None,
    number: NumberOption = None,
    document: DocumentOption = None,
    after: AfterOption = None,
    before: BeforeOption = None,
    has_caption: CaptionOption = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Do not look for what a misspelt word probably means.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="At most so many hits.")] = 20,
    offset: OffsetOption = 0,
    explain: Annotated[bool, typer.Option("--explain", help="Say of each hit why it was found.")] = False,
    show_all: Annotated[bool, typer.Option("--all", help="Show weak hits as well.")] = False,
    queries: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Answer many queries: JSON Lines of query, image, box."),
    ] = None,
    library: LibraryOption = HOME,
    json: JsonOption = False,
) -> None:
    """Find figures and items by words, by a picture, or by what you like.

    \b
    A line may hold more than words:
      '"red bridge" +night - photo'   only where these words stand, and "photo" does not
      harbour + ./sketch.png          and like this picture; - ./sketch.png: unlike it
      map id:1a2b3c4d                 and like this figure or item
      2:map station                   "map" counts twice
      map issue:36 after:2022-01 before:2023 has:caption kind:any document:a.html
    A sign before a word stands apart (- photo), or the line in quotes ('map -photo'), or the shell takes -photo
    for an option. Options win over what the line says of the same thing. Query files (--from) hold plain words.
    """
    from explorer.cli.query_files import parsed_box, read_queries
    from explorer.library.library import Library
    from explorer.search.grammar import line_of
    from explorer.search.query import NO_FILTERS, NOTHING_ASKED, ONLY_NOT, Filters

    filters = Filters(
        number=number, document=document, date_from=after, date_to=before, has_caption=has_caption
    )
    line, part = line_of(words or ()), parsed_box(box)
    if queries is not None and (line or image or box or like or unlike):
        raise WrongUsageError("--from FILE brings the queries. Leave the others away.")
    if queries is None and not (line.strip() or image or like or kind or filters != NO_FILTERS):
        raise WrongUsageError(ONLY_NOT if unlike else NOTHING_ASKED)
    with Library.open(library) as opened:
        if queries is not None:
            for one in read_queries(queries):
                found = opened.search(
                    one.words,
                    picture=one.image,
                    box=one.box,
                    kind=kind or "figure",
                    filters=filters,
                    limit=limit,
                )
                hits = [render.hit_json(hit) for hit in found.hits]
                render.print_json({"id": one.id, "took_ms": round(found.took_ms, 2), "hits": hits})
            return
        answer = opened.ask(
            line,
            picture=image,
            box=part,
            like=like or (),
            unlike=unlike or (),
            kind=kind,
            filters=filters,
            limit=limit,
            offset=offset,
            exact=exact,
        )
        if image is None:  # a picture is not kept, and without it the rest is another search
            opened.history.record(line, like=like or (), unlike=unlike or (), kind=kind, filters=filters)
    if json:
        render.print_json(*(render.hit_json(hit) for hit in answer.result.hits))
    else:
        render.print_understood(answer)
        render.print_hits(answer.result, explain=explain, show_all=show_all)


@app.command()
def show(
    id: Annotated[str, typer.Argument(help="A figure or an item, by its id or the beginning of it.")],
    library: LibraryOption = HOME,
    json: JsonOption = False,
) -> None:
    """Everything about one figure or item."""
    from explorer.catalog.records import FigureRecord
    from explorer.library.library import Library

    with Library.open(library) as opened:
        record = opened.browse.find(id)
        told = render.as_json(record)
        if isinstance(record, FigureRecord):
            told["archive_says"] = dict(opened.editing.archive_says(record.id))  # where it was corrected
        if isinstance(record, FigureRecord) and record.sha256:
            told["picture"] = str(opened.browse.picture_path(record.sha256, "original"))
            told["also_in"] = [
                other.document for other in opened.browse.appearances(record) if other.id != record.id
            ]
    if json:
        render.print_json(told)
    else:
        render.print_record(told)


@app.command()
def figures(
    document: DocumentOption = None,
    number: NumberOption = None,
    after: AfterOption = None,
    before: BeforeOption = None,
    has_caption: CaptionOption = None,
    text: Annotated[
        str | None, typer.Option(help="Only figures whose caption or alt text holds these words.")
    ] = None,
    order: Annotated[Literal["date", "issue", "caption"], typer.Option(help="What to sort by.")] = "date",
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    library: LibraryOption = HOME,
    json: JsonOption = False,
) -> None:
    """List the figures."""
    selection = _selection(
        document=document, number=number, date_from=after, date_to=before, has_caption=has_caption, text=text
    )
    with _open(library) as opened:
        found = opened.browse.figures(selection, order=order, limit=limit or -1, offset=offset)
    if json:
        render.print_json(*(render.figure_json(one) for one in found))
        return
    rows = [
        (one.id[:8], one.label, one.image or one.document, one.status, _size(one.width, one.height))
        for one in found
    ]
    render.print_table(("id", "figure", "image", "status", "size"), rows, empty="No figures.")


@app.command()
def items(
    document: DocumentOption = None,
    number: NumberOption = None,
    after: AfterOption = None,
    before: BeforeOption = None,
    text: Annotated[str | None, typer.Option(help="Only items that hold these words.")] = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    library: LibraryOption = HOME,
    json: JsonOption = False,
) -> None:
    """List the items: the sections of the issues."""
    selection = _selection(document=document, number=number, date_from=after, date_to=before, text=text)
    with _open(library) as opened:
        found = opened.browse.items(selection, limit=limit or -1, offset=offset)
    if json:
        render.print_json(*(render.item_json(one) for one in found))
        return
    rows = [(one.id[:8], one.heading or "", " ".join(one.text.split())[:100], one.document) for one in found]
    render.print_table(("id", "heading", "text", "document"), rows, empty="No items.")


@app.command()
def issues(
    number: NumberOption = None,
    after: AfterOption = None,
    before: BeforeOption = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    library: LibraryOption = HOME,
    json: JsonOption = False,
) -> None:
    """List the issues, newest first."""
    with _open(library) as opened:
        found = opened.browse.issues(
            _selection(number=number, date_from=after, date_to=before), limit=limit or -1, offset=offset
        )
    if json:
        render.print_json(*(render.issue_json(one) for one in found))
        return
    rows = [
        (one.number or "", one.date or "", one.title or "", one.items, one.figures, one.document)
        for one in found
    ]
    render.print_table(("#", "date", "title", "items", "figures", "document"), rows, empty="No issues.")


@app.command()
def problems(library: LibraryOption = HOME, json: JsonOption = False) -> None:
    """The ledger: what was not read, not found or left out, and why."""
    with _open(library) as opened:
        found, ledger = opened.browse.problems(), opened.browse.ledger()
    if json:
        render.print_json(*(render.as_json(one) for one in found))
        return
    render.print_table(
        ("what", "document", "image", "reason"),
        [(one.kind, one.document, one.image or "", one.explained) for one in found],
        empty="No problems: every picture that was seen is kept.",
    )
    left_out = sum(ledger.left_out.values())
    print(
        f"{ledger.seen} pictures and captions seen: {ledger.kept} kept, {left_out} left out, {ledger.missing} missing, "
        f"{ledger.remote} remote, {ledger.unreadable} unreadable."
    )
    if ledger.mentioned:
        print(f"{ledger.mentioned} more addresses of pictures are mentioned and were not read.")


@app.command()
def status(
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Also how far apart pictures and texts stand in the joint space."),
    ] = False,
    library: LibraryOption = HOME,
    json: JsonOption = False,
) -> None:
    """What is in the library, and what it was made with."""
    with _open(library) as opened:
        found = opened.status()
        gap = opened.evaluation.modality_gap() if explain else None
    if json:
        told = render.as_json(found)
        render.print_json({**told, "modality_gap": gap and render.as_json(gap)} if explain else told)
        return
    ledger = found.ledger
    render.print_pairs(
        [
            ("library", found.path),
            (
                "issues",
                f"{ledger.issues}, {found.dates[0]} to {found.dates[1]}" if found.dates[0] else ledger.issues,
            ),
            ("items", ledger.items),
            (
                "figures",
                f"{ledger.figures}: {ledger.kept} kept, {ledger.missing} missing, {ledger.remote} remote, "
                f"{ledger.unreadable} unreadable",
            ),
            ("pictures", ledger.pictures),
            ("left out", ", ".join(f"{count} {reason}" for reason, count in ledger.left_out.items())),
            ("mentioned", _counted(ledger.mentioned, "addresses of pictures were not read")),
            ("problems", ledger.problems),
            ("skipped", _counted(ledger.skipped, "files are no issues")),
            ("encoder", found.encoder),
            ("encoded too", ", ".join(name for name in found.encoders if name != found.encoder)),
            (
                "index",
                f"generation {found.generation}, {found.points} points, {found.qdrant_url or 'in the library'}"
                if found.generation
                else found.problem or "none yet",
            ),
            ("made", found.created),
            *(("archive", location) for _, location in found.archives),
        ]
    )
    if gap:
        rows = [
            (when, *(f"{cosine:.2f}" for cosine in (it.pictures, it.texts, it.across)))
            for when, it in (("as they are", gap.before), ("after centring", gap.after))
        ]
        print("\nmean cosine of two different vectors of the joint space:")
        render.print_table(("", "pictures", "texts", "picture and text"), rows, empty="")


@app.command()
def models(json: JsonOption = False) -> None:
    """The encoders that can be used, and which are on this machine."""
    from embeddings import available_models

    found = available_models()
    if json:
        render.print_json(*(render.as_json(one) for one in found))
        return
    rows = [
        (
            one.name,
            one.kind,
            "yes" if one.here else "no",
            f"{one.size_mb} MB",
            one.dim,
            one.speed,
            one.quality,
        )
        for one in found
    ]
    render.print_table(("name", "kind", "here", "size", "dim", "speed", "quality"), rows, empty="No models.")


@app.command(name="app")
def app_command(
    library: LibraryOption = HOME,
    host: Annotated[
        str, typer.Option(help="The address to serve at; 0.0.0.0 shows it to the whole network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to serve at.")] = 8501,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            help="A host name under which visitors reach the app, beside those of this machine; repeatable."
        ),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(help="Ask visitors for the token in this file; else for EXPLORER_TOKEN, if it is set."),
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="To show it in public: nobody can change anything.")
    ] = False,
) -> None:
    """Serve the web app."""
    from explorer.cli.app import serve

    raise typer.Exit(
        serve(library, host, port, allow_hosts=allow_host or (), token_file=token_file, read_only=read_only)
    )


def _open(library: Path) -> Library:
    from explorer.library.library import Library

    return Library.open(library)


def _selection(**restrictions: object) -> Selection:
    from explorer.catalog.records import Selection

    return Selection(**restrictions)  # type: ignore[arg-type]


def _counted(count: int, what: str) -> str | None:
    """`7 pictures are missing`, or nothing where there is nothing to tell."""
    return f"{count} {what}" if count else None


def _size(width: int | None, height: int | None) -> str:
    return f"{width} x {height}" if width and height else ""
