"""Models compiled for this machine's processor, and kept beside the models for the next run.

Compiling takes longer than all looks at a short recording. What is kept is named by all that it was
made from, and lies behind its own hash: what is broken, or was made otherwise, is compiled anew.
"""

import hashlib
import io
import os
import secrets
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import openvino

from bwc.canonical import Json, digest
from bwc.redaction.models import find
from bwc.redaction.whole_numbers import multiplies_bytes, processor_flags, quickest, ranges_of

# OpenVINO's binding makes its table of number types when a tensor is first read, under a lock that
# it holds while it waits for the interpreter's: two threads that come first at once wait for each
# other for ever. So the first time is here.
np.array(openvino.Tensor(np.zeros(1, np.float32)).data)

FOLDER = "compiled"
MOST_KEPT = 40  # of 2 to 4 MB; a recording needs four or five, by its size
OURS_ALONE = 0o700
HASH_BYTES = 32
Picture = npt.NDArray[np.uint8]
Key = TypeVar("Key", bound=Hashable)


class CompiledModel:
    """A model on this machine's processor at its fastest precision; any thread may run it."""

    def __init__(self, compiled: Any) -> None:
        """`compiled` as OpenVINO has it."""
        self._compiled = compiled
        self._own = threading.local()

    def run(self, tensor: npt.NDArray[np.float32] | Picture) -> list[npt.NDArray[np.float32]]:
        """What the model answers; the arrays hold until this thread asks again."""
        if not hasattr(self._own, "request"):
            self._own.request = self._compiled.create_infer_request()
        self._own.request.infer([tensor])
        # By number: two threads that iterate at once fail where they make the binding's iterator.
        count = len(self._compiled.outputs)
        return [self._own.request.get_output_tensor(at).data for at in range(count)]


class KeptOnce(Generic[Key]):
    """Compiled models by size, each made once: threads wait for the one they want alone."""

    def __init__(self, make: Callable[[Key], CompiledModel]) -> None:
        """`make` compiles for one size."""
        self._make = make
        self._made: dict[Key, Future[CompiledModel]] = {}
        self._door = threading.Lock()

    def __getitem__(self, key: Key) -> CompiledModel:
        """The model for this size; whoever comes first makes it."""
        with self._door:
            is_first = key not in self._made
            coming = self._made.setdefault(key, Future())
        if is_first:
            try:
                coming.set_result(self._make(key))
            except BaseException as exc:
                coming.set_exception(exc)
                raise
        return coming.result()


def compile_model(model: Any) -> CompiledModel:
    """Compile for one core a request, and as many requests at once as there are cores."""
    return CompiledModel(openvino.Core().compile_model(model, "CPU", _options()))


def finder_model(
    name: str, size: str, build: Callable[[], Any], models_folder: Path
) -> CompiledModel:
    """A finder's graph as this processor runs it best, out of what was kept where it is there.

    Args:
        name: the finder in `models.toml`.
        size: what `build` makes it for, in words.
        build: makes the graph at full precision.
        models_folder: the model cache.
    """
    file = models_folder / FOLDER / f"{name}-{size}-{_made_from(name, size)[:16]}.blob"
    kept = _read(file)
    if kept is None:
        compiled = openvino.Core().compile_model(quickest(build(), name), "CPU", _options())
        _keep(file, _exported(compiled))
    else:
        compiled = kept
    return CompiledModel(compiled)


def _options() -> dict[str, str]:
    """How finders share the cores."""
    cores = str(len(os.sched_getaffinity(0)))
    return {"NUM_STREAMS": cores, "INFERENCE_NUM_THREADS": cores, "ENABLE_CPU_PINNING": "NO"}


def _made_from(name: str, size: str) -> str:
    """Names the weights, the size, the arithmetic, the processor and who compiled."""
    ranges: list[Json] = [[low, high] for low, high in ranges_of(name)]
    flags: list[Json] = [*sorted(processor_flags())]
    return digest(
        {
            "weights": find(name).sha256,
            "size": size,
            "ranges": ranges if multiplies_bytes() else None,
            "processor": flags,
            "options": dict[str, Json](_options()),
            "compiler": openvino.get_version(),
        }
    )


def _read(file: Path) -> Any:
    """What was kept; None where it is not there or not whole."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    blob = content[HASH_BYTES:]
    if hashlib.sha256(blob).digest() != content[:HASH_BYTES]:
        return None
    try:
        return openvino.Core().import_model(io.BytesIO(blob), "CPU", _options())
    except RuntimeError:
        return None


def _exported(compiled: Any) -> bytes:
    """A compiled model as bytes."""
    blob = compiled.export_model()
    return bytes(blob if isinstance(blob, bytes) else blob.getvalue())


def _keep(file: Path, blob: bytes) -> None:
    """Lay it down whole or not at all; a folder that cannot be written is no fault."""
    part = file.with_name(f"{secrets.token_hex(8)}.part")
    try:
        file.parent.mkdir(mode=OURS_ALONE, exist_ok=True)
        part.write_bytes(hashlib.sha256(blob).digest() + blob)
        part.replace(file)
        by_age = sorted(file.parent.glob("*.blob"), key=lambda one: one.stat().st_mtime)
        for old in by_age[:-MOST_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
