"""The words that the bundled sentence encoder knows by themselves: what is one of them is no slip of the pen."""

import json
from functools import cache

from embeddings.packaged import MINILM_TOKENIZER


@cache
def known_words() -> frozenset[str]:
    """22,521 frequent English words and names, in lower case: the whole words of BERT's vocabulary."""
    vocabulary = json.loads(MINILM_TOKENIZER.verified().read_text(encoding="utf-8"))["model"]["vocab"]
    return frozenset(piece for piece in vocabulary if piece[:1].isalpha())
