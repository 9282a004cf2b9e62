"""A file of a hundred thousand brackets is no JSON that anybody wrote: an error of ours, and no crash."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bwc.cli.policy_files import document_in
from bwc.custody.outside import read_head
from bwc.errors import InvalidInput
from bwc.redaction.card import read_labels
from bwc.redaction.check_certificate import read_certificate
from bwc.redaction.plan import read_plan

READERS: list[Callable[[Path], object]] = [
    read_plan,
    read_certificate,
    read_labels,
    document_in,
    read_head,
]


@pytest.mark.parametrize("read", READERS)
def test_json_that_is_too_deep_is_bad_input(read: Callable[[Path], object], tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000)
    with pytest.raises(InvalidInput, match=r"deep\.json"):
        read(path)
