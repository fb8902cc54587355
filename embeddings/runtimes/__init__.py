"""Runtimes: OpenVINO runs networks on the CPU, torch runs the same networks on other devices."""

import sys

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

# OpenVINO reports each import to a web service, in a forked process, if it finds this package. It is a dependency of
# OpenVINO, so it is always there; with None, Python does not find it.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

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
