"""Every gate has a code by which the public is told what a case waits for."""

from bwc.release.gates import GateName
from bwc.release.log import CODE


def test_a_case_can_wait_for_any_gate() -> None:
    assert set(CODE) == set(GateName)
