"""Finders in whole numbers: convolutions of 8 bits where the processor multiplies them at once.

A convolution's input is cut into 256 steps over the range that `ranges.json` states for it, its
weights into 255 over their own largest value, channel by channel; OpenVINO then multiplies bytes.
The second convolution of both finders stays as it is: in 8 bits it alone costs most of what is
lost (docs/benchmarks.md). `python -m bench.ranges` measures the ranges.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from openvino import opset13, passes

from bwc.errors import IntegrityError
from bwc.redaction.models import find

# Without these instructions two products of bytes may not fit where they are added up.
INSTRUCTIONS = frozenset({"avx512_vnni", "avx_vnni", "amx_int8"})
PROCESSOR = Path("/proc/cpuinfo")
RANGES = Path(__file__).with_name("ranges.json")
CONVOLUTIONS = frozenset({"Convolution", "GroupConvolution"})
LEFT_AS_IT_IS = 1
STEPS = 256
WEIGHT_STEPS = 255  # as many below zero as above
NEVER_ZERO = np.float32(1e-6)


def quickest(model: Any, name: str) -> Any:
    """`model`, the finder `name` of `models.toml`, as this processor runs it best.

    Raises:
        IntegrityError: as `in_whole_numbers`.
    """
    return in_whole_numbers(model, name) if multiplies_bytes() else model


def multiplies_bytes() -> bool:
    """Whether this processor adds up products of bytes without losing any."""
    return not INSTRUCTIONS.isdisjoint(processor_flags())


def processor_flags() -> frozenset[str]:
    """The instructions that this processor knows by their names in Linux; none where nobody says."""
    if not PROCESSOR.is_file():
        return frozenset()
    lines = PROCESSOR.read_text().splitlines()
    flags = next((line for line in lines if line.startswith("flags")), "")
    return frozenset(flags.partition(":")[2].split())


def in_whole_numbers(model: Any, name: str) -> Any:
    """`model` with its convolutions in 8 bits; it is changed in place.

    Raises:
        IntegrityError: the ranges were measured on other weights.
    """
    folding = passes.Manager()
    folding.register_pass(passes.ConstantFolding())
    folding.run_passes(model)
    ranges = ranges_of(name)
    stepped: dict[tuple[str, int], Any] = {}
    for place, (node, (low, high)) in enumerate(zip(convolutions(model), ranges, strict=True)):
        if place == LEFT_AS_IT_IS:
            continue
        source = node.input_value(0)
        key = (source.get_node().get_friendly_name(), source.get_index())
        if key not in stepped:
            stepped[key] = _in_steps(source, low, high)
        node.input(0).replace_source_output(stepped[key].output(0))
        node.input(1).replace_source_output(_weights(node).output(0))
    model.validate_nodes_and_infer_types()
    return model


def convolutions(model: Any) -> list[Any]:
    """The nodes that are worth it, in the order of the graph, which is that of `ranges.json`."""
    return [one for one in model.get_ordered_ops() if one.get_type_name() in CONVOLUTIONS]


def ranges_of(name: str) -> list[tuple[float, float]]:
    """What goes into each convolution of a finder: lowest and highest, as it was measured.

    Raises:
        IntegrityError: they were measured on other weights.
    """
    measured = json.loads(RANGES.read_text())[name]
    if measured["sha256"] != (pinned := find(name).sha256):
        raise IntegrityError(
            "these ranges were measured on another model",
            where=f"{RANGES.name}, {name}",
            expected=pinned,
            got=measured["sha256"],
            advice="Measure them again: python -m bench.ranges FILM...",
        )
    return [(low, high) for low, high in measured["ranges"]]


def _in_steps(source: Any, low: float, high: float) -> Any:
    """A value in 256 steps: from zero where it is never below, else as far below as above."""
    if low >= 0:
        bounds = np.float32(0), np.float32(high)
    else:
        reach = max(-low, high * STEPS / (STEPS - 2))
        bounds = np.float32(-reach), np.float32(reach * (STEPS - 2) / STEPS)
    return opset13.fake_quantize(source, *bounds, *bounds, STEPS)


def _weights(node: Any) -> Any:
    """A convolution's weights in steps of their own for each channel that comes out."""
    source = node.input_value(1)
    weights = np.asarray(source.get_node().data, np.float32)
    channels = 2 if node.get_type_name() == "GroupConvolution" else 1
    across = tuple(range(channels, weights.ndim))
    reach = np.maximum(np.abs(weights).max(axis=across, keepdims=True), NEVER_ZERO)
    return opset13.fake_quantize(source, -reach, reach, -reach, reach, WEIGHT_STEPS)
