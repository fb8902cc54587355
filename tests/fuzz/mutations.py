"""Inputs out of samples: the same number gives the same bytes again."""

from __future__ import annotations

import gzip
import io
import random
import zipfile

MAX_BYTES = 1 << 20
# One input in so many is a small piece over and over, for what takes the square of a document shows in a long one;
# most of them are much shorter than the longest, which takes as long as a thousand others.
_ONE_IN, _SHORTER_BY_BITS = 50, (0, *[2] * 3, *[3] * 6, *[4] * 12, *[6] * 18)
_INTERESTING = (b"\0", b"\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\x80\0", b"<", b">", b"&", b"]]>", b'"', b"'",
                b"{{", b"}}", b"---\n", b"\n\n", b"\r", b"From ", b"../", b"\xed\xa0\x80", b"&#0;", b"%00", b"-1", b"1e999",
                b"99999999999", b"<!--", b"<![CDATA[", b"<svg>", b"</p>", b"{%", b"\x1f\x8b", b"PK\x03\x04", b"null")  # fmt: skip


def made(samples: tuple[bytes, ...], seed: int, number: int) -> bytes:
    """Input `number` of a seed: a sample with some things wrong, or, one time in ten, nothing but noise."""
    chance = random.Random(f"{seed}/{number}")
    if chance.random() < 0.1:
        return chance.randbytes(chance.randrange(1, 4000))
    sample = chance.choice(samples)
    if sample.startswith(b"PK") and chance.random() < 0.6:
        return _inside_zip(sample, chance)
    if sample.startswith(b"\x1f\x8b") and chance.random() < 0.6:
        return gzip.compress(_broken(gzip.decompress(sample), chance), mtime=0)
    return _broken(sample, chance)


def _inside_zip(sample: bytes, chance: random.Random) -> bytes:
    """A sound zip with one broken member: what is packed would else be told by its checksum."""
    with zipfile.ZipFile(io.BytesIO(sample)) as before:
        members = {info.filename: before.read(info) for info in before.infolist()}
        kinds = {info.filename: info.compress_type for info in before.infolist()}
    broken = chance.choice(list(members))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as after:
        for name, data in members.items():
            kept = made((data,), chance.randrange(1 << 30), 0) if name == broken else data
            after.writestr(zipfile.ZipInfo(name), kept, kinds[name])  # without the time of day
    return written.getvalue()


def _broken(sample: bytes, chance: random.Random) -> bytes:
    data = bytearray(sample)
    for _ in range(chance.choice((1, 1, 2, 3, 8, 30))):
        data = chance.choice(_WAYS)(data, chance)[:MAX_BYTES]
    return bytes(_fill(data, chance) if chance.randrange(_ONE_IN) == 0 else data)


def _flip(data: bytearray, chance: random.Random) -> bytearray:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data


def _put(data: bytearray, chance: random.Random) -> bytearray:
    at = chance.randrange(len(data) + 1)
    what = chance.choice(_INTERESTING)
    return data[:at] + what + data[at + chance.choice((0, len(what))) :]


def _cut(data: bytearray, chance: random.Random) -> bytearray:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.randrange(1, 200) :]


def _break_off(data: bytearray, chance: random.Random) -> bytearray:
    return data[: chance.randrange(len(data) + 1)]


def _repeat(data: bytearray, chance: random.Random) -> bytearray:
    at = chance.randrange(len(data) + 1)
    piece = data[at : at + chance.choice((1, 4, 20, 100))]
    return data[:at] + piece * chance.choice((2, 10, 300, 3000)) + data[at:]


def _fill(data: bytearray, chance: random.Random) -> bytearray:
    """A piece of 1 to 20 bytes until the input is long; what stood before it stays before it."""
    at = chance.randrange(len(data) + 1)
    piece = data[at : at + chance.randrange(1, 21)] or b" "
    long = (MAX_BYTES >> chance.choice(_SHORTER_BY_BITS)) - len(data)
    return data[:at] + piece * max(0, long // len(piece)) + data[at:]


def _swap(data: bytearray, chance: random.Random) -> bytearray:
    at, other = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[other:] + data[at:other] + data[:at]


_WAYS = (_flip, _flip, _put, _put, _cut, _break_off, _repeat, _repeat, _swap)
