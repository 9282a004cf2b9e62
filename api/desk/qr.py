"""A text as a QR code, drawn as SVG of attributes alone: no style, no script, no other request."""

import itertools

import cv2
from markupsafe import Markup

QUIET = 4  # modules of white around it, which readers need (ISO/IEC 18004)


def qr_svg(text: str, *, label: str) -> Markup:
    """The QR code of `text`, dark on white whatever the page's colours; `label` tells what it is."""
    settings = cv2.QRCodeEncoder.Params()
    settings.correction_level = cv2.QRCodeEncoder_CORRECT_LEVEL_M
    modules = cv2.QRCodeEncoder.create(settings).encode(text) == 0
    rows, columns = modules.any(axis=1).nonzero()[0], modules.any(axis=0).nonzero()[0]
    dark = modules[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    side = dark.shape[0] + 2 * QUIET
    return Markup(
        '<svg class="qr" viewBox="0 0 {side} {side}" role="img" aria-label="{label}"'
        ' shape-rendering="crispEdges"><rect width="{side}" height="{side}" fill="#fff"/>'
        '<path fill="#000" d="{path}"/></svg>'
    ).format(side=side, label=label, path=_path(dark.tolist()))


def _path(dark: list[list[bool]]) -> str:
    """Each run of dark modules as one rectangle."""
    parts: list[str] = []
    for y, row in enumerate(dark, QUIET):
        x = QUIET
        for is_dark, run in itertools.groupby(row):
            length = len(list(run))
            if is_dark:
                parts.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return "".join(parts)
