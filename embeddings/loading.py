"""From a name to an encoder."""

from embeddings import models, weights
from embeddings.encoder import Encoder, SentenceEncoder

BUNDLED_SENTENCES = ("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2")


def load(name: str | None = "lite", *, device: str | None = None, allow_download: bool = False) -> Encoder:
    """The encoder of this name: `lite` (also for None), or an open_clip model as OpenClipEncoder names it.

    `device` is cuda, cuda:1, mps or cpu; None takes the best here. `lite` runs on the CPU, whatever the device.
    Without `allow_download` the network is never used. Raises EncoderError.
    """
    name = name or "lite"
    own = models.own_class(name)
    if own is not None:
        return own()
    known = models.on_hub(name)
    if known:
        # What is absent is reported before the seconds that importing open_clip takes.
        file, size_mb = known
        files = (file, *models.companions_on_hub(name))
        weights.obtain_all(files, model=f"{name} ({size_mb} MB)", allow_download=allow_download)
    from embeddings.openclip import OpenClipEncoder

    return OpenClipEncoder(name, device=device, allow_download=allow_download)


def load_sentences(
    name: str | None = None, *, device: str | None = None, allow_download: bool = False
) -> SentenceEncoder:
    """Return the sentence encoder of a name: the bundled all-MiniLM-L6-v2 (also for None), or one of sentence-transformers.

    The bundled one needs no torch and runs on the CPU, whatever the device. Raises EncoderError.
    """
    if name is None or name in BUNDLED_SENTENCES:
        from embeddings.minilm import MiniLM

        return MiniLM()
    from embeddings.sentences import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name, device=device, allow_download=allow_download)
