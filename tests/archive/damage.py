"""Files of which some bytes are not what they were."""

from hypothesis import strategies as st


def damaged(whole):
    """The bytes of a file with a few others written over them, or after them."""
    writes = st.lists(st.tuples(st.integers(0, len(whole)), st.binary(max_size=6)), max_size=8)
    return writes.map(lambda them: _written_over(whole, them))


def _written_over(whole, writes):
    data = bytearray(whole)
    for place, written in writes:
        data[place : place + len(written)] = written
    return bytes(data)
