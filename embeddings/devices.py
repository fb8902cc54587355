"""Which device a torch model runs on."""

from embeddings.errors import DeviceUnavailableError


def choose(name: str | None) -> str:
    """The named device, else the best here: cuda, mps, cpu. Raises DeviceUnavailableError."""
    import torch

    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name is None:
        return next(kind for kind, available in here.items() if available)
    if not here.get(name.partition(":")[0], False):
        choices = ", ".join(kind for kind, available in here.items() if available)
        raise DeviceUnavailableError(
            f"There is no device {name!r} in this machine. Choose one of: {choices}."
        )
    return name
