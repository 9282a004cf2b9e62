"""Where the packs lie that come with bwc."""

from pathlib import Path
from typing import Final

SHIPPED: Final = Path(__file__).resolve().parents[2] / "policies"
"""One folder per pack."""
