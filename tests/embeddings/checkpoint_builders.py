"""Weights of a tiny model in the forms in which people have them."""

import io
import json
import os
import pickle
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import nn


class OpenAI(nn.Module):
    """A CLIP model with what OpenAI's archives hold beside its weights."""

    def __init__(self, clip: Any) -> None:
        super().__init__()
        for name, child in clip.named_children():
            setattr(self, name, child)
        for name, parameter in clip.named_parameters(recurse=False):
            self.register_parameter(name, parameter)
        self.register_buffer("attn_mask", clip.attn_mask)
        sizes = {"input_resolution": 32, "context_length": 24, "vocab_size": 49408}
        for name, number in sizes.items():
            self.register_buffer(name, torch.tensor(number))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.visual(pictures)


def torchscript(state: dict[str, torch.Tensor], file: Path, architecture: str = "tiny-clip") -> Path:
    """A TorchScript archive in half precision, as OpenAI publishes them."""
    import open_clip

    clip = open_clip.create_model(architecture, load_weights=False).eval()
    clip.load_state_dict(state)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(OpenAI(clip), torch.zeros(1, 3, 32, 32)).half()
    traced.save(str(file))
    return file


def repacked(archive: Path, changed: dict[str, bytes]) -> Path:
    """The zip with other bytes under some names, which may be given without their folder."""
    packed = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(name, changed.get(name.partition("/")[2], old.read(name)))
    archive.write_bytes(packed.getvalue())
    return archive


def record(archive: Path, name: str) -> bytes:
    with zipfile.ZipFile(archive) as opened:
        return next(opened.read(member) for member in opened.namelist() if member.partition("/")[2] == name)


class Payload:
    """What runs when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.file),)


def payload(file: Path) -> bytes:
    return pickle.dumps(Payload(file), protocol=2)


def with_config(folder: Path, **changes: Any) -> Path:
    """The folder, its open_clip_config.json with other values: `text_cfg__width=3`."""
    file = folder / "open_clip_config.json"
    config = json.loads(file.read_text())
    for path, value in changes.items():
        at = config
        *keys, last = path.split("__")
        for key in keys:
            at = at[key]
        at[last] = value
    file.write_text(json.dumps(config))
    return folder
