"""A hundred thousand open cases decided again after a pack change, full traces included.

The cases are the golden ones of a pack, over and over, each read from its facts as the catalog
would give them and decided to its whole document. Two processes, as on the reference machine.
Run it alone:

    .venv/bin/python bench/policy.py
"""

import time
from concurrent.futures import ProcessPoolExecutor
from itertools import islice

from bwc.canonical import Json
from bwc.policy.cases import read_cases
from bwc.policy.evaluate import decide
from bwc.policy.facts import Facts
from bwc.policy.moments import parse_moment
from bwc.policy.packs import load_packs
from bwc.policy.shipped import SHIPPED

CASES = 100_000
PROCESSES = 2
BATCH = 500
PACK = "us-il-chicago"

Question = tuple[dict[str, Json], str, str]


def questions() -> list[Question]:
    """Facts, day and audience of every golden case that asks for a decision."""
    cases = [case for case in read_cases(PACK, SHIPPED) if case.text.expect is not None]
    return [(dict(case.facts), case.on, case.audience) for case in cases]


def decide_batch(batch: list[Question]) -> int:
    """Decide each case to its document; how many characters of trace that made."""
    packs = load_packs([PACK], SHIPPED)
    traces = 0
    for facts, on, audience in batch:
        known = Facts.from_document(facts)
        document = decide(packs, known, on=parse_moment(on), audience=audience).document()
        trace = document["trace"]
        traces += len(trace) if isinstance(trace, list) else 0
    return traces


def main() -> None:
    asked = questions()
    many = (asked[index % len(asked)] for index in range(CASES))
    batches = [list(islice(many, BATCH)) for _ in range(CASES // BATCH)]
    start = time.perf_counter()
    with ProcessPoolExecutor(PROCESSES) as pool:
        traces = sum(pool.map(decide_batch, batches))
    seconds = time.perf_counter() - start
    print(f"{CASES:,} cases, {traces:,} rules traced, {seconds:.1f} s")
    print(f"{seconds / CASES * PROCESSES * 1000:.2f} ms a case and core")


if __name__ == "__main__":
    main()
