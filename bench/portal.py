"""Search and browse over a hundred thousand releases, by processor time.

    python -m bench.portal [--releases 100000] [--words 80] [--rounds 20]

The record is made up: titles, summaries and captions of words as frequent as Zipf says, over ten
years, a dozen kinds and thirty districts. What is timed is what a page asks of the index: the hits
of its page, how many there are, and the counts beside each filter. The machine may be busy with
something else, so that processor time is what counts; the goal is 100 ms at the 95th percentile.
"""

import argparse
import json
import random
import resource
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from api.portal.facets import Query
from api.portal.index import ReleaseIndex
from api.portal.library import Library
from bwc.canonical import JsonObject
from bwc.clock import iso

GOAL_MS = 100
PER_PAGE = 12
VOCABULARY = 8_000
KINDS, DISTRICTS, DAYS = 12, 30, 3650
SYLLABLES = [
    "ba",
    "be",
    "bi",
    "bo",
    "da",
    "de",
    "di",
    "do",
    "fa",
    "fe",
    "fi",
    "ka",
    "ke",
    "ko",
    "la",
    "le",
    "li",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "si",
    "so",
    "ta",
    "te",
    "ti",
    "to",
]
HASH = "0" * 64


class MadeUp:
    """A public store that makes its documents when they are read."""

    def __init__(self, releases: int, words: int) -> None:
        """Name so many releases, with captions of so many words each."""
        chance = random.Random(1)
        self.vocabulary = [_word(n) for n in range(VOCABULARY)]
        self._odds = [1 / (n + 2) for n in range(VOCABULARY)]
        self._words = words
        self._ids = [
            f"{n:08x}-0000-7000-8000-{chance.getrandbits(48):012x}" for n in range(releases)
        ]

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every manifest."""
        return (f"{prefix}{name}/manifest.json" for name in self._ids)

    def has(self, key: str) -> bool:
        """Manifests and captions are there, and nothing else."""
        return key.endswith(("manifest.json", "captions.vtt"))

    def size(self, _key: str) -> int:
        """Small."""
        return 1

    def read(self, key: str) -> Iterator[bytes]:
        """A document, the same each time."""
        name = key.split("/")[1]
        number = int(name[:8], 16)
        chance = random.Random(number)
        said = chance.choices(self.vocabulary, self._odds, k=self._words)
        if key.endswith("captions.vtt"):
            return iter([("WEBVTT\n\n00:00.000 --> 00:09.000\n" + " ".join(said)).encode()])
        return iter([json.dumps(_manifest(name, number, said, chance)).encode()])


def _word(number: int) -> str:
    """A word that can be spoken; frequent ones are short."""
    word, left = "", number + 7
    while left:
        left, rest = divmod(left, len(SYLLABLES))
        word += SYLLABLES[rest]
    return word


def _manifest(name: str, number: int, said: list[str], chance: random.Random) -> JsonObject:
    day = datetime(2016, 1, 1, tzinfo=UTC) + timedelta(days=number * DAYS // 100_000)
    types = {"video.mp4": "video/mp4", "captions.vtt": "text/vtt", "poster.jpg": "image/jpeg"}
    return {
        "format": "bwc-release/1",
        "id": name,
        "title": f"Release {' '.join(said[:4])}",
        "summary": f"An officer stops somebody. {' '.join(said[4:30])}",
        "published_at": iso(day + timedelta(seconds=number)),
        "incident": {
            "date": str((day - timedelta(days=chance.randrange(30))).date()),
            "kind": f"kind {chance.randrange(KINDS)}",
            "district": f"District {chance.randrange(DISTRICTS)}",
        },
        "video": {"duration_us": 1, "width": 640, "height": 360},
        "decision": {"modality": "MUST", "outcome": "RELEASE", "sentence": "s", "rules": []},
        "files": [{"name": n, "sha256": HASH, "size": 1, "type": t} for n, t in types.items()],
        "custody": {"position": 1, "hash": HASH},
    }


def main() -> None:
    """Build the index and ask."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--releases", type=int, default=100_000)
    options.add_argument("--words", type=int, default=80)
    options.add_argument("--rounds", type=int, default=20)
    asked = options.parse_args()
    store = MadeUp(asked.releases, asked.words)
    index = ReleaseIndex(Library(store), look_seconds=1e9, relist_seconds=1e9)  # type: ignore[arg-type]  # read-only
    begun = time.process_time()
    index.find(Query())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{asked.releases} releases indexed in {time.process_time() - begun:.0f} s, {memory:.0f} MB"
    )
    chance = random.Random(2)
    words = store.vocabulary
    mixed = [
        *(Query(words[chance.randrange(20)]) for _ in range(asked.rounds)),
        *(Query(words[chance.randrange(VOCABULARY)]) for _ in range(asked.rounds)),
        *(
            Query(f"{words[chance.randrange(50)]} {words[chance.randrange(500)]}")
            for _ in range(asked.rounds)
        ),
        *(Query(words[chance.randrange(VOCABULARY)][:3]) for _ in range(asked.rounds)),
        *(Query("officer", kind=f"kind {chance.randrange(KINDS)}") for _ in range(asked.rounds)),
    ]
    report("every release", index, [Query()] * asked.rounds)
    report(
        "one district",
        index,
        [Query(district=f"District {n % DISTRICTS}") for n in range(asked.rounds)],
    )
    report("a word of every release", index, [Query("officer stops")] * asked.rounds)
    report("one letter", index, [Query(letter) for letter in "bdfklmnrst"])
    report("mixed", index, mixed)


def report(name: str, index: ReleaseIndex, queries: list[Query]) -> None:
    """One line: how long the page of each query takes."""
    page = sorted(_milliseconds(lambda one=query: _page(index, one)) for query in queries)
    print(
        f"{name:26} median {page[len(page) // 2]:6.1f} ms, 95th percentile"
        f" {page[min(len(page) - 1, len(page) * 95 // 100)]:6.1f} ms, goal {GOAL_MS} ms"
    )


def _page(index: ReleaseIndex, query: Query) -> None:
    index.read(index.find(query).rows[:PER_PAGE])


def _milliseconds(call: Callable[[], None]) -> float:
    begun = time.process_time()
    call()
    return 1000 * (time.process_time() - begun)


if __name__ == "__main__":
    main()
