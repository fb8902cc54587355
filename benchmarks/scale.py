"""Estimate the resources of libraries of any size from the measured cost of one figure.

    python benchmarks/scale.py [LIBRARY] [--figures 10000 1000000 ...] [--pictures 32] [--json]

LIBRARY is a library that `explorer ingest` made. Without it, the sample archive is read with `lite`. Seconds are
processor time of one core, so a busy machine does not matter. Bytes are disk usage. Memory on a server is calculated:
vectors as float32, or one byte or one bit per dimension, and the links of an HNSW graph. The estimated sizes were not
run.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path

from measuring import log, machine, table

import embeddings
from explorer.catalog.picture_store import PictureStore
from explorer.index import open_store
from explorer.ingest.picture_embedder import PICTURE_BATCH, PictureEmbedder
from explorer.library.library import Library
from explorer.representation import fields

ROOT = Path(__file__).resolve().parents[1]
SIZES = (10_000, 1_000_000, 100_000_000, 1_000_000_000)
NODE_MEMORY, NODE_DISK, FILL_SHARE = 128e9, 4e12, 0.7
REPLICAS = 2
FEW_NODES = 12
"""Above this number of nodes, stronger quantisation is chosen if it needs fewer nodes."""
EDGE_MAX_BYTES = 2e9
"""Maximum size of vectors for an index in the folder, which compares all vectors (benchmarks/index.py)."""
LINK_BYTES = 2 * 16 * 4
"""Bytes of an HNSW graph per point and dense field: twice m = 16 neighbours of 4 bytes, as in Qdrant."""

GB, TB = 1e9, 1e12


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one figure, with its share of the issues and items of the archive."""

    encoder: str
    figures: int
    points: float
    vectors: dict[str, float]
    """Number of vectors by field."""
    numbers: float
    """Dimensions of all vectors together."""
    links: float
    catalog: float
    pictures: float
    cache: float
    index: float
    """Bytes on disk, for links, catalog, pictures, cache and index."""
    picture_seconds: float
    text_seconds: float
    """Processor time of one core."""


@dataclass(frozen=True, slots=True)
class Need:
    """The resources of a whole library: bytes, and hours of one core."""

    figures: int
    folder: float
    raw: float
    scalar: float
    binary: float
    index_disk: float
    hours: float
    nodes: int
    settings: str


def measure(folder: Path, pictures: int) -> Cost:
    with Library.open(folder) as library:
        status, all_figures = library.status(), library.browse.figures()
        sha256s = {figure.sha256 for figure in all_figures if figure.sha256}
        texts = [text for figure in all_figures if (text := fields.caption_and_alt(figure))]
        texts += [text for item in library.browse.items() if (text := fields.heading_and_text(item))]
    index = open_store(folder / "index").open()
    raw_points = index.raw_points(list(index.digests()))
    rows: Counter[str] = Counter()
    numbers = links = 0
    for raw_point in raw_points:
        links += LINK_BYTES * len(raw_point.point.vectors)
        for name, vector in raw_point.point.vectors.items():
            rows[name] += len(vector) if vector.ndim == 2 else 1
            numbers += vector.size
    index.close()
    figures = status.ledger.figures
    picture_seconds, text_seconds = _seconds(str(status.encoder), folder, sorted(sha256s)[:pictures], texts)
    return Cost(
        encoder=str(status.encoder),
        figures=figures,
        points=len(raw_points) / figures,
        vectors={name: count / figures for name, count in sorted(rows.items())},
        numbers=numbers / figures,
        links=links / figures,
        catalog=_bytes(folder.glob("catalog.sqlite*")) / figures,
        pictures=_bytes((folder / "pictures").rglob("*")) / figures,
        cache=_bytes(folder.glob("vectors.sqlite*")) / figures,
        index=_bytes(_newest(folder).rglob("*")) / figures,
        picture_seconds=picture_seconds * len(sha256s) / figures,
        text_seconds=text_seconds * len(texts) / figures,
    )


def estimate(cost: Cost, figures: int) -> Need:
    raw = 4 * cost.numbers * figures
    links = cost.links * figures
    scalar, binary = raw / 4, raw / 32
    layouts = (
        ("", raw + links, 0.0),
        ("--quantisation scalar --on-disk", scalar + links, scalar),
        ("--quantisation binary --on-disk", binary + links, binary),
    )
    disk = raw + links + cost.catalog * figures  # the payload is about as large as the catalog
    nodes, settings = 0, "in the folder (Edge)"
    if raw >= EDGE_MAX_BYTES:
        for layout, memory, copies in layouts:
            in_memory = ceil(REPLICAS * memory / (NODE_MEMORY * FILL_SHARE))
            on_disk = ceil(REPLICAS * (disk + copies) / (NODE_DISK * FILL_SHARE))
            nodes = max(in_memory, on_disk, REPLICAS)
            settings = f"--shards {2 * nodes} --replicas {REPLICAS} {layout}".strip()
            if nodes <= FEW_NODES:
                break
        disk = REPLICAS * (disk + copies)
    return Need(
        figures=figures,
        folder=figures * (cost.catalog + cost.pictures + cost.cache),
        raw=raw,
        scalar=scalar + links,
        binary=binary + links,
        index_disk=disk,
        hours=figures * (cost.picture_seconds + cost.text_seconds) / 3600,
        nodes=nodes,
        settings=settings,
    )


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.library or _read_sample(Path(scratch) / "library")
        cost = measure(folder, options.pictures)
    needs = [estimate(cost, figures) for figures in options.figures]
    if options.json:
        report = {
            "machine": machine("torch"),
            "cost": asdict(cost),
            "needs": [asdict(need) for need in needs],
        }
        print(json.dumps(report))
        return
    print(f"{machine('torch')}; {cost.encoder}, {cost.figures} figures measured\n")
    print(_cost_table(cost), "\n")
    print(_needs_table(needs))


def _cost_table(cost: Cost) -> str:
    rows = [("points", f"{cost.points:.2f}")]
    rows += [(f"vectors of `{name}`", f"{count:.2f}") for name, count in cost.vectors.items()]
    rows += [
        ("dimensions of all vectors together", f"{cost.numbers:,.0f}"),
        ("vectors as float32", f"{4 * cost.numbers / 1000:.1f} kB"),
        ("vectors with one byte per dimension", f"{cost.numbers / 1000:.1f} kB"),
        ("vectors with one bit per dimension", f"{cost.numbers / 8000:.2f} kB"),
        ("links of the HNSW graphs", f"{cost.links / 1000:.2f} kB"),
        ("catalog", f"{cost.catalog / 1000:.1f} kB"),
        ("pictures and thumbnails", f"{cost.pictures / 1000:.1f} kB"),
        ("cache of vectors", f"{cost.cache / 1000:.1f} kB"),
        ("index in the folder (Edge), one generation", f"{cost.index / 1000:.1f} kB"),
        ("embedding its picture, as a whole and in regions", f"{cost.picture_seconds:.3f} core-seconds"),
        ("embedding its texts and its share of the items", f"{cost.text_seconds:.3f} core-seconds"),
    ]
    return table(("per figure", "measured"), rows)


def _needs_table(needs: list[Need]) -> str:
    columns = (
        "figures", "folder", "vectors", "memory, scalar", "memory, binary", "index on disk", "nodes", "core-hours",
        "hours on 16 cores", "hours on 1,000 cores", "settings",
    )  # fmt: skip
    rows = [
        (
            f"{need.figures:,}",
            _size(need.folder),
            _size(need.raw),
            _size(need.scalar),
            _size(need.binary),
            _size(need.index_disk),
            need.nodes or "none",
            f"{need.hours:,.1f}",
            f"{need.hours / 16:,.1f}",
            f"{need.hours / 1000:,.2f}",
            need.settings,
        )
        for need in needs
    ]
    return table(columns, rows)


def _seconds(encoder: str, folder: Path, sha256s: list[str], texts: list[str]) -> tuple[float, float]:
    """Return the processor time for a picture and for a text of the library, after one batch for warm-up."""
    loaded = embeddings.load(encoder)
    embedder = PictureEmbedder(loaded, PictureStore(folder / "pictures"))
    embedder.embed(sha256s[:2])
    started = time.process_time()
    for start in range(0, len(sha256s), PICTURE_BATCH):
        embedder.embed(sha256s[start : start + PICTURE_BATCH])
    pictures = (time.process_time() - started) / len(sha256s)
    sentences = loaded.sentences or embeddings.load_sentences()
    sentences.encode_texts(["once to warm up"])
    sample = texts[:: max(1, len(texts) // 64)]
    started = time.process_time()
    sentences.encode_texts([window for text in sample for window in sentences.windows(text)])
    return pictures, (time.process_time() - started) / len(sample)


def _read_sample(folder: Path) -> Path:
    log("Reading the sample archive with lite ...")
    with Library.create(folder) as library:
        library.archives.ingest([ROOT / "examples" / "sample-archive"], encoder="lite")
    return folder


def _newest(folder: Path) -> Path:
    return max((folder / "index" / "generations").iterdir())


def _bytes(files) -> int:  # noqa: ANN001
    return sum(file.stat().st_blocks * 512 for file in files if file.is_file())


def _size(count: float) -> str:
    return f"{count / TB:,.1f} TB" if count >= TB else f"{count / GB:,.1f} GB"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("library", nargs="?", type=Path, metavar="LIBRARY")
    parser.add_argument("--figures", nargs="+", type=int, default=SIZES)
    parser.add_argument(
        "--pictures", type=int, default=32, help="number of pictures for the time measurement"
    )
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
