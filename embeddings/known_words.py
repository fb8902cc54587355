"""The whole words in the vocabulary of the bundled sentence encoder: none of them is treated as a typing error."""

import json
from functools import cache

from embeddings.packaged import MINILM_TOKENIZER


@cache
def known_words() -> frozenset[str]:
    """Return 22,521 frequent English words and names in lower case: the whole words of BERT's vocabulary."""
    vocabulary = json.loads(MINILM_TOKENIZER.verified_path().read_text(encoding="utf-8"))["model"]["vocab"]
    return frozenset(piece for piece in vocabulary if piece[:1].isalpha())
