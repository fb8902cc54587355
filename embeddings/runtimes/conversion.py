"""Conversion of torch modules for OpenVINO."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import openvino
import torch
from openvino.frontend import FrontEndManager
from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

from embeddings.runtimes.network import ConversionError
from embeddings.vectors import unit

MIN_COSINE = 0.9999
"""The cosine of the outputs of a module and of its converted network; less means that the conversion is wrong."""


def convert(module: torch.nn.Module, example: torch.Tensor) -> openvino.Model:
    """Convert a module with one input, whose first dimension becomes variable, and one output of vectors.

    The function of the `openvino` package does the same, but reports each conversion to its makers.

    Raises:
        ConversionError: If OpenVINO has no counterpart of an operation, or the network gives other vectors.
    """
    try:
        with torch.no_grad(), _plain_attention(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # each branch of the code that depends on a shape gives a warning
            traced = torch.jit.trace(module.eval(), example, check_trace=False)  # type: ignore[no-untyped-call]
            model = _convert_traced(torch.jit.freeze(traced), example)
            expected = module(example).float().numpy()
    except Exception as error:  # torch and OpenVINO raise many types for what they cannot trace or convert
        raise ConversionError(str(error)) from error
    vectors = openvino.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(example.numpy())[0]
    if not (unit(vectors) * unit(expected)).sum(axis=1).min() >= MIN_COSINE:
        raise ConversionError("The converted network gives other vectors.")
    return model


def _convert_traced(traced: torch.jit.ScriptModule, example: torch.Tensor) -> openvino.Model:
    frontend = FrontEndManager().load_by_framework("pytorch")
    decoder = TorchScriptPythonDecoder(traced)  # must live until the conversion is done
    loaded = frontend.load(decoder)
    (place,) = loaded.get_inputs()
    loaded.set_partial_shape(place, openvino.PartialShape([-1, *example.shape[1:]]))
    loaded.set_element_type(place, openvino.Type.f32 if example.is_floating_point() else openvino.Type.i64)
    return frontend.convert(loaded)


@contextmanager
def _plain_attention() -> Iterator[None]:
    """Use the attention of torch that consists of single operations, which can be traced."""
    was_enabled = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(was_enabled)
