"""Loading of encoders by name."""

from embeddings import models, weights
from embeddings.encoder import Encoder, SentenceEncoder

BUNDLED_SENTENCES = ("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2")


def load(name: str | None = "lite", *, device: str | None = None, allow_download: bool = False) -> Encoder:
    """Load the encoder of this name: `lite` (also for None), or an open_clip model under a name of OpenClipEncoder.

    `device` is cuda, cuda:1, mps or cpu; None selects the best available one. `lite` always runs on the CPU. Without
    `allow_download`, the network is never used. Raises EncoderError.
    """
    name = name or "lite"
    encoder_class = models.special_encoder_class(name)
    if encoder_class is not None:
        return encoder_class()
    hub_weights = models.hub_weights(name)
    if hub_weights:
        # Missing files are reported before the import of open_clip, which takes seconds.
        file, size_mb = hub_weights
        files = (file, *models.hub_companions(name))
        weights.obtain_all(files, model=f"{name} ({size_mb} MB)", allow_download=allow_download)
    from embeddings.openclip import OpenClipEncoder

    return OpenClipEncoder(name, device=device, allow_download=allow_download)


def load_sentences(
    name: str | None = None, *, device: str | None = None, allow_download: bool = False
) -> SentenceEncoder:
    """Load a sentence encoder: the bundled all-MiniLM-L6-v2 (also for None), or a model of sentence-transformers.

    The bundled one needs no torch and always runs on the CPU. Raises EncoderError.
    """
    if name is None or name in BUNDLED_SENTENCES:
        from embeddings.minilm import MiniLM

        return MiniLM()
    from embeddings.sentences import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name, device=device, allow_download=allow_download)
