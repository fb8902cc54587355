"""The choice of the device for a torch model."""

from embeddings.errors import DeviceUnavailableError


def choose(name: str | None) -> str:
    """Return the named device, or the best available one: cuda, mps, cpu. Raises DeviceUnavailableError."""
    import torch

    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name is None:
        return next(kind for kind, is_available in available.items() if is_available)
    if not available.get(name.partition(":")[0], False):
        choices = ", ".join(kind for kind, is_available in available.items() if is_available)
        raise DeviceUnavailableError(
            f"There is no device {name!r} in this machine. Choose one of: {choices}."
        )
    return name
