"""A hundred thousand open cases decided again after a pack change, full traces included.

    python -m bench.policy [--cases 100000] [--processes 2]

The cases are the golden ones of every pack, over and over, each read from its facts as the catalog
would give them and decided to its whole document. The packs take turns in batches. The baseline is
`json` of the standard library: writing the same documents and reading them back, in the same
processes, on a sample; what is compared is processor time, so that a busy machine changes little.
"""

import argparse
import json
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice

from bwc.canonical import Json, JsonObject
from bwc.policy.cases import read_cases
from bwc.policy.evaluate import decide
from bwc.policy.facts import Facts
from bwc.policy.moments import parse_moment
from bwc.policy.packs import Packs, load_packs, pack_ids
from bwc.policy.shipped import SHIPPED

CASES = 100_000
BATCH = 500
SAMPLE = 20
"""One document in so many is also written and read by the baseline."""
GOAL_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one case."""

    packs: tuple[str, ...]
    facts: dict[str, Json]
    on: str
    audience: str


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor seconds, and what they made."""

    cases: int = 0
    rules: int = 0
    deciding: float = 0.0
    sampled: int = 0
    baseline: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            self.cases + other.cases,
            self.rules + other.rules,
            self.deciding + other.deciding,
            self.sampled + other.sampled,
            self.baseline + other.baseline,
        )


@cache
def loaded(ids: tuple[str, ...]) -> Packs:
    """The packs of one case, read once in each process."""
    return load_packs(ids, SHIPPED)


def questions(pack_id: str) -> list[Question]:
    """Every golden case of a pack that asks for a decision."""
    return [
        Question(case.packs, dict(case.facts), case.on, case.audience)
        for case in read_cases(pack_id, SHIPPED)
        if case.text.expect is not None
    ]


def batches(count: int) -> Iterator[list[Question]]:
    """`count` cases in batches, each pack in its turn."""
    turns = cycle([cycle(questions(pack_id)) for pack_id in pack_ids(SHIPPED)])
    while count > 0:
        size = min(BATCH, count)
        yield list(islice(next(turns), size))
        count -= size


def answer(question: Question) -> JsonObject:
    """One case decided to its whole document."""
    facts = Facts.from_document(question.facts)
    on = parse_moment(question.on)
    return decide(loaded(question.packs), facts, on=on, audience=question.audience).document()


def decide_batch(batch: list[Question]) -> Spent:
    """Decide each case; write and read some of the documents for the baseline."""
    sampled: list[JsonObject] = []
    rules = 0
    start = time.process_time()
    for index, question in enumerate(batch):
        document = answer(question)
        trace = document["trace"]
        rules += len(trace) if isinstance(trace, list) else 0
        if index % SAMPLE == 0:
            sampled.append(document)
    decided = time.process_time()
    for document in sampled:
        json.loads(json.dumps(document, sort_keys=True))
    baseline = time.process_time() - decided
    return Spent(len(batch), rules, decided - start, len(sampled), baseline)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    work = list(batches(asked.cases))
    start = time.perf_counter()
    with ProcessPoolExecutor(asked.processes) as pool:
        spent = sum(pool.map(decide_batch, work), Spent())
    wall = time.perf_counter() - start
    each = spent.deciding / spent.cases
    baseline = spent.baseline / spent.sampled
    cores = each * CASES / asked.processes
    print(f"{spent.cases:,} cases of {len(pack_ids(SHIPPED))} packs, {spent.rules:,} rules traced")
    print(
        f"{wall:.1f} s on the wall, {spent.deciding:.1f} s of processor: {each * 1000:.2f} ms each"
    )
    print(f"{CASES:,} on {asked.processes} cores: {cores:.0f} s (goal: below {GOAL_SECONDS})")
    print(f"json of the standard library: {baseline * 1000:.2f} ms; ratio {each / baseline:.1f}")


if __name__ == "__main__":
    main()
