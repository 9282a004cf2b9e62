"""Detect, track, plan, render, verify: the engine that hides people."""

import sys

# OpenVINO imports its converter with itself where it can: half a second, and a module that reports
# its use to its makers. Nothing here converts.
sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]
