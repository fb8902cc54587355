"""Runtimes: OpenVINO runs networks on the CPU, torch runs the same networks on other devices."""

from embeddings.runtimes.network import (
    F32,
    Network,
    NetworkDefinition,
    Precision,
    has_openvino,
    open_network,
    supported_precisions,
)

__all__ = [
    "F32",
    "Network",
    "NetworkDefinition",
    "Precision",
    "has_openvino",
    "open_network",
    "supported_precisions",
]
