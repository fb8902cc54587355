"""What libraries of any size need: measured here for each figure of one library, then multiplied.

    python benchmarks/scale.py [LIBRARY] [--figures 10000 1000000 ...] [--pictures 32] [--json]

LIBRARY is one that `explorer ingest` made; without it the sample archive is read, with `lite`. Seconds are those of
one core (processor time, so that a busy machine does not matter), bytes are those that files take on the disk.
Memory on a server is reckoned: vectors as they are, a byte or a bit for each number, and the links of a graph. Nothing
here was run at the sizes that it reckons for.
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

from measuring import machine, say, table

import embeddings
from explorer.catalog.picture_store import PictureStore
from explorer.index import open_store
from explorer.ingest.picture_embedder import PICTURE_BATCH, PICTURE_KIND, REGIONS_KIND, PictureEmbedder
from explorer.library.library import Library
from explorer.representation import fields

ROOT = Path(__file__).resolve().parents[1]
SIZES = (10_000, 1_000_000, 100_000_000, 1_000_000_000)
NODE_MEMORY, NODE_DISK, FILLED = 128e9, 4e12, 0.7
REPLICAS = 2
FEW_NODES = 12
"""More than so many nodes are not taken as long as smaller copies of the vectors need fewer."""
IN_THE_FOLDER = 2e9
"""Bytes of vectors up to which a folder serves without a server: all of them are compared (benchmarks/index.py)."""
LINKS = 2 * 16 * 4
"""Bytes of a graph for each point and dense field: twice m = 16 neighbours of 4 bytes, as Qdrant keeps them."""

GB, TB = 1e9, 1e12


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one figure, with its share of the issues and items around it."""

    encoder: str
    figures: int
    points: float
    vectors: dict[str, float]
    """Rows by field."""
    numbers: float
    """Numbers in all of its vectors."""
    links: float
    catalog: float
    pictures: float
    cache: float
    index: float
    """Bytes on the disk."""
    picture_seconds: float
    text_seconds: float
    """Of one core."""


@dataclass(frozen=True, slots=True)
class Need:
    """Of a whole library; bytes, and hours of one core."""

    figures: int
    folder: float
    raw: float
    scalar: float
    binary: float
    index_disk: float
    hours: float
    nodes: int
    settings: str


def measured(folder: Path, pictures: int) -> Cost:
    with Library.open(folder) as library:
        status, shown = library.status(), {one.sha256 for one in library.browse.figures() if one.sha256}
        texts = [text for one in library.browse.figures() if (text := fields.caption_and_alt(one))]
        texts += [text for one in library.browse.items() if (text := fields.heading_and_text(one))]
    index = open_store(folder / "index").open()
    kept = index.raw_points(list(index.digests()))
    rows: Counter[str] = Counter()
    numbers = links = 0
    for one in kept:
        links += LINKS * len(one.point.vectors)
        for name, vector in one.point.vectors.items():
            rows[name] += len(vector) if vector.ndim == 2 else 1
            numbers += vector.size
    index.close()
    figures = status.ledger.figures
    seeing_seconds, text_seconds = _seconds(str(status.encoder), folder, sorted(shown)[:pictures], texts)
    return Cost(
        encoder=str(status.encoder),
        figures=figures,
        points=len(kept) / figures,
        vectors={name: count / figures for name, count in sorted(rows.items())},
        numbers=numbers / figures,
        links=links / figures,
        catalog=_bytes(folder.glob("catalog.sqlite*")) / figures,
        pictures=_bytes((folder / "pictures").rglob("*")) / figures,
        cache=_bytes(folder.glob("vectors.sqlite*")) / figures,
        index=_bytes(_newest(folder).rglob("*")) / figures,
        picture_seconds=seeing_seconds * len(shown) / figures,
        text_seconds=text_seconds * len(texts) / figures,
    )


def need(cost: Cost, figures: int) -> Need:
    raw = 4 * cost.numbers * figures
    links = cost.links * figures
    scalar, binary = raw / 4, raw / 32
    layouts = (
        ("", raw + links, 0.0),
        ("--quantisation scalar --on-disk", scalar + links, scalar),
        ("--quantisation binary --on-disk", binary + links, binary),
    )
    disk = raw + links + cost.catalog * figures  # payload is about what the catalog says
    nodes, settings = 0, "in the folder (Edge)"
    if raw >= IN_THE_FOLDER:
        for layout, memory, copies in layouts:
            in_memory = ceil(REPLICAS * memory / (NODE_MEMORY * FILLED))
            on_disk = ceil(REPLICAS * (disk + copies) / (NODE_DISK * FILLED))
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
        cost = measured(folder, options.pictures)
    needs = [need(cost, figures) for figures in options.figures]
    if options.json:
        told = {"machine": machine("torch"), "cost": asdict(cost), "needs": [asdict(one) for one in needs]}
        print(json.dumps(told))
        return
    print(f"{machine('torch')}; {cost.encoder}, {cost.figures} figures measured\n")
    print(_of_one(cost), "\n")
    print(_of_all(needs))


def _of_one(cost: Cost) -> str:
    rows = [("points", f"{cost.points:.2f}")]
    rows += [(f"vectors of `{name}`", f"{count:.2f}") for name, count in cost.vectors.items()]
    rows += [
        ("numbers in all vectors", f"{cost.numbers:,.0f}"),
        ("vectors as they are", f"{4 * cost.numbers / 1000:.1f} kB"),
        ("a byte for each number", f"{cost.numbers / 1000:.1f} kB"),
        ("a bit for each number", f"{cost.numbers / 8000:.2f} kB"),
        ("links of graphs", f"{cost.links / 1000:.2f} kB"),
        ("catalog", f"{cost.catalog / 1000:.1f} kB"),
        ("pictures and thumbnails", f"{cost.pictures / 1000:.1f} kB"),
        ("cache of vectors", f"{cost.cache / 1000:.1f} kB"),
        ("index in the folder, one generation", f"{cost.index / 1000:.1f} kB"),
        ("seeing its picture, whole and in parts", f"{cost.picture_seconds:.3f} core-seconds"),
        ("encoding its texts and its share of the items", f"{cost.text_seconds:.3f} core-seconds"),
    ]
    return table(("of one figure", "measured"), rows)


def _of_all(needs: list[Need]) -> str:
    shown = (
        "figures", "folder", "vectors", "memory, scalar", "memory, binary", "index on disk", "nodes", "core-hours",
        "hours on 16 cores", "hours on 1,000 cores", "settings",
    )  # fmt: skip
    rows = [
        (
            f"{one.figures:,}",
            _size(one.folder),
            _size(one.raw),
            _size(one.scalar),
            _size(one.binary),
            _size(one.index_disk),
            one.nodes or "none",
            f"{one.hours:,.1f}",
            f"{one.hours / 16:,.1f}",
            f"{one.hours / 1000:,.2f}",
            one.settings,
        )
        for one in needs
    ]
    return table(shown, rows)


def _seconds(encoder: str, folder: Path, sha256s: list[str], texts: list[str]) -> tuple[float, float]:
    """Processor time for a picture, and for a text of the library's own, after one batch to warm up."""
    loaded = embeddings.load(encoder)
    embedder = PictureEmbedder(loaded, PictureStore(folder / "pictures"))
    embedder.embed(PICTURE_KIND, sha256s[:2])
    started = time.process_time()
    for start in range(0, len(sha256s), PICTURE_BATCH):
        for kind in (PICTURE_KIND, REGIONS_KIND):
            embedder.embed(kind, sha256s[start : start + PICTURE_BATCH])
    pictures = (time.process_time() - started) / len(sha256s)
    sentences = loaded.sentences or embeddings.load_sentences()
    sentences.encode_texts(["once to warm up"])
    some = texts[:: max(1, len(texts) // 64)]
    started = time.process_time()
    sentences.encode_texts([window for text in some for window in sentences.windows(text)])
    return pictures, (time.process_time() - started) / len(some)


def _read_sample(folder: Path) -> Path:
    say("Reading the sample archive with lite ...")
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
    parser.add_argument("--pictures", type=int, default=32, help="how many are seen to measure the time")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
