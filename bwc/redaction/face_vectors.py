"""What a face looks like, as numbers: face_recognition's vectors, for the length of one call.

A vector tells one face from another and is a biometric: it is never stored, logged, written or
compared with anything but the faces of the same recording (DESIGN 4.10). `BWC_REDACTION__LIKENESS`
switches it off, and then the library is never even loaded.
"""

import hashlib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bwc.errors import NotFound
from bwc.ids import Sha256
from bwc.redaction.detect import Picture
from bwc.redaction.people import Vector

Box = tuple[float, float, float, float]


class Encoder(Protocol):
    """Makes vectors of faces."""

    @property
    def sha256(self) -> Sha256:
        """The hash of its weights."""
        ...

    def encode(self, picture: Picture, face: Box) -> Vector:
        """The vector (128,) of the face at x0 y0 x1 y1 in (h, w, 3) uint8 RGB, upright."""
        ...


class FaceEncoder:
    """dlib's face network through face_recognition."""

    def __init__(self) -> None:
        """Load the library and its weights. Raises NotFound where they are not installed."""
        self._encodings, weights = _load()
        with weights.open("rb") as file:
            self.sha256 = Sha256(hashlib.file_digest(file, "sha256").hexdigest())

    def encode(self, picture: Picture, face: Box) -> Vector:
        """The vector (128,) of one face."""
        left, top, right, bottom = (round(edge) for edge in face)
        (found,) = self._encodings(np.ascontiguousarray(picture), [(top, right, bottom, left)])
        return np.asarray(found, np.float64)


def _load() -> tuple[Callable[..., list[Any]], Path]:
    """The function that makes vectors, and the file its weights are in.

    face_recognition ends the process where its weights are not installed, and warns of its
    imports; neither is for those who call us.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import face_recognition
            import face_recognition_models
    except (ImportError, SystemExit) as exc:
        raise NotFound(
            "face_recognition or its weights are not installed",
            got=str(exc),
            advice="Install it, or switch likeness off: BWC_REDACTION__LIKENESS=false",
        ) from exc
    weights = Path(face_recognition_models.face_recognition_model_location())
    return face_recognition.face_encodings, weights
