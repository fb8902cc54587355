"""Runtimes: OpenVINO runs networks on the CPU, torch runs the same networks on other devices."""

from embeddings.runtimes.network import (
    F32,
    PRECISIONS,
    EncoderPrecision,
    Network,
    NetworkDefinition,
    Precision,
    cpu_runtime,
    has_openvino,
    open_network,
    supported_precisions,
)

__all__ = [
    "F32",
    "PRECISIONS",
    "EncoderPrecision",
    "Network",
    "NetworkDefinition",
    "Precision",
    "cpu_runtime",
    "has_openvino",
    "open_network",
    "supported_precisions",
]
