"""A public record to look at: bundles as they are published, with a film that really plays."""

import hashlib
import io
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from bwc.canonical import JsonObject, canonical_bytes
from bwc.clock import iso
from bwc.ids import new_id
from bwc.vault.local import LocalPublicStore
from bwc.vault.sealed import new_key, public_of
from tests.clips import Face, draw, make_clip

START = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)
HASH = "0123456789abcdef" * 4
CAPTIONS = b"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nStep out of the car, please.\n"
CASES = (
    ("Traffic stop on Alder Street", "traffic stop", "North"),
    ("Fall from a bicycle after a foot chase", "use of force", "Harbour"),
    ("Welfare check that ended without arrest", "welfare check", "Old Town"),
)
RULE: JsonObject = {
    "id": "us-co.release.misconduct",
    "pack": "us-co",
    "title": "Footage of an incident with a complaint of misconduct is released on request",
    "citation": "C.R.S. § 24-31-902(2)(a)",
    "source": "https://example.org/24-31-902",
    "status": "draft",
}
BLUR_CITATION = "C.R.S. § 24-31-902(2)(b)(II)"
PLAN: JsonObject = {
    "format": "bwc.public-plan/1",
    "original": {
        "sha256": HASH,
        "width": 640,
        "height": 360,
        "rotation": 0,
        "time_base": [1, 1000],
        "frames": 120,
        "first_pts": 0,
        "last_pts": 3967,
    },
    "tracks": [
        {
            "kind": kind,
            "effect": "solid",
            "shape": "ellipse",
            "exemption": "personal-privacy",
            "keys": [[start, 100, 60, 260, 240], [end, 100, 60, 260, 240]],
        }
        for kind, start, end in (("face", 0, 2000), ("head", 1000, 3000))
    ],
    "sound": [{"start": [1, 2], "end": [3, 2], "effect": "mute", "exemption": "phone-number"}],
}
WITHHELD: JsonObject = {
    "format": "bwc-withheld/1",
    "as_of": "2026-03-02T19:00:00Z",
    "cases": 3,
    "rows": [
        {
            "outcome": "WITHHOLD",
            "cases": 2,
            "rule": "us-co.investigation",
            "title": "An open investigation would be harmed",
            "citation": "C.R.S. § 24-31-902(2)(c)",
            "status": "draft",
        },
        {"outcome": "REFER_HUMAN", "cases": 1, "rule": None, "title": None, "citation": None},
    ],
}
COVERAGE: JsonObject = {
    "format": "bwc-coverage/1",
    "since": "2026-02-01",
    "until": "2026-02-28",
    "published_at": "2026-03-01T16:00:00Z",
    "rule": "Colorado: a camera runs from the arrival to the end of each contact",
    "fewest": 10,
    "figures": [
        {"name": name, "suppressed": n is None, "n": n, "share": share, "low": low, "high": high}
        for name, n, share, low, high in (
            ("equipped", 212, 0.9858, 0.9593, 0.9952),
            ("with_video", 8411, 0.9312, 0.9256, 0.9364),
            ("late", 7832, 0.0421, 0.0379, 0.0468),
            ("gaps", None, None, None, None),
        )
    ],
    "recorded_share": 0.9041,
    "excluded": 640,
    "call_types": [
        {"group": "alarm", "suppressed": False, "n": 97, "share": 0.9, "low": 0.82, "high": 0.95},
        {
            "group": "=theft",
            "suppressed": True,
            "n": None,
            "share": None,
            "low": None,
            "high": None,
        },
    ],
}
DECISION: JsonObject = {
    "format": "bwc-decision/1",
    "audience": "public",
    "decided_at": "2026-02-18T17:00:00Z",
    "modality": "MUST",
    "outcome": "RELEASE_REDACTED",
    "sentence": (
        "The department must release this recording, with what the law protects hidden: "
        "“Footage of an incident with a complaint of misconduct is released on request” "
        "(C.R.S. § 24-31-902(2)(a))."
    ),
    "rules": [RULE],
    "draft": ["us-co.release.misconduct"],
    "hiding": [
        {
            **RULE,
            "id": "us-co.blur-list",
            "title": "Faces are blurred",
            "citation": BLUR_CITATION,
            "elements": ["face", "nudity"],
        },
        {
            **RULE,
            "id": "us-co.personal-data",
            "title": "Telephone numbers are not heard",
            "citation": "C.R.S. § 24-72-204",
            "source": None,
            "elements": ["phone", "ssn"],
        },
    ],
    "packs": [{"id": "us-co", "version": "2026.1", "sha256": HASH}],
    "tree": [
        {
            "text": str(RULE["title"]),
            "value": "applies",
            "children": [
                {
                    "text": "all of",
                    "value": "true",
                    "children": [
                        {"text": "some complaint alleges misconduct", "value": "true"},
                        {"text": "a request was received", "value": "true"},
                    ],
                },
                {"text": "a court has sealed it", "value": "false"},
            ],
        }
    ],
}
CERTIFICATE: JsonObject = {
    "format": "bwc.certificate/1",
    "kind": "public",
    "verdict": "passed",
    "original_sha256": HASH,
    "frames": 12050,
    "regions_checked": 8211,
    "hidden_share": 0.0213,
    "ledger": {"found": 6300, "nothing": 2100, "inferred": 3650},
    "detectors": [{"name": "centerface", "sha256": HASH, "use": "faces"}],
    "independent_look": {"name": "blazeface", "frames": 602, "is_proof": False},
    "checks": [
        {
            "name": "filled",
            "meaning": "every planned place is filled in the decoded picture",
            "result": "passed",
            "is_proof": True,
        },
        {
            "name": "faces",
            "meaning": "an independent detector finds no face outside the fills",
            "result": "passed",
            "is_proof": False,
        },
    ],
}


@dataclass(frozen=True, slots=True)
class Film:
    """A finished video and its poster."""

    video: bytes
    poster: bytes


def make_film(folder: Path, *, rotation: int = 0, faces: Sequence[Face] = ()) -> Film:
    """A clip in which nobody is seen, and a frame of it with two filled boxes."""
    clip = make_clip(
        folder / "film.mp4", seconds=4, faces=faces, size=(640, 360), rotation=rotation
    )
    picture, _ = draw(1.0, size=(640, 360), faces=())
    for x, y in ((170, 90), (400, 120)):
        cv2.ellipse(picture, (x, y + 40), (38, 52), 0, 0, 360, (24, 24, 24), -1)
    done, poster = cv2.imencode(".jpg", np.ascontiguousarray(picture))
    assert done
    return Film(clip.path.read_bytes(), poster.tobytes())


class PublicRecord:
    """A public store that a test fills."""

    def __init__(self, folder: Path, film: Film) -> None:
        self.folder = folder
        self.store = LocalPublicStore(folder)
        self.film = film

    def publish(
        self,
        *,
        title: str = CASES[0][0],
        kind: str = CASES[0][1],
        district: str = CASES[0][2],
        at: datetime = START,
        captions: bytes | None = None,
        without: tuple[str, ...] = (),
        with_crc32: bool = True,
        plan: JsonObject = PLAN,
    ) -> str:
        """Write one bundle, manifest last, `without` some of its files; its id."""
        name = new_id()
        files = {
            "video.mp4": (self.film.video, "video/mp4"),
            "poster.jpg": (self.film.poster, "image/jpeg"),
            "decision.json": (canonical_bytes(DECISION), "application/json"),
            "certificate.json": (canonical_bytes(CERTIFICATE), "application/json"),
            "plan.json": (canonical_bytes(plan), "application/json"),
        }
        if captions is not None:
            files["captions.vtt"] = (captions, "text/vtt")
        for left_out in without:
            del files[left_out]
        for file, (body, kind_of_file) in files.items():
            self.put(f"releases/{name}/{file}", body, kind_of_file)
        manifest: JsonObject = {
            "format": "bwc-release/1",
            "id": name,
            "department": "Demo Police Department",
            "title": title,
            "summary": (
                "An officer stops a car for a broken tail light. The driver and a passenger are "
                "asked to step out, and both leave after a warning."
            ),
            "published_at": iso(at),
            "audience": "public",
            "incident": {"date": str(date(2026, 2, 10)), "district": district, "kind": kind},
            "video": {"duration_us": 4_000_000, "width": 640, "height": 360, "has_audio": True},
            "decision": {
                k: DECISION[k] for k in ("modality", "outcome", "sentence", "rules", "draft")
            },
            "files": [
                {
                    "name": file,
                    "sha256": hashlib.sha256(body).hexdigest(),
                    "size": len(body),
                    "type": kind_of_file,
                    "crc32": f"{zlib.crc32(body):08x}" if with_crc32 else None,
                }
                for file, (body, kind_of_file) in files.items()
            ],
            "custody": {"position": 41, "hash": HASH},
        }
        self.put(f"releases/{name}/manifest.json", canonical_bytes(manifest), "application/json")
        self.mark(name)
        return name

    def publish_many(self, count: int) -> list[str]:
        """So many releases, an hour apart; the last is the newest."""
        return [
            self.publish(
                title=f"{CASES[n % 3][0]}, part {n + 1}",
                kind=CASES[n % 3][1],
                district=CASES[n % 3][2],
                at=START + timedelta(hours=n),
            )
            for n in range(count)
        ]

    def withdraw(self, name: str) -> None:
        """Leave a tombstone in place of a release."""
        tombstone: JsonObject = {
            "format": "bwc-tombstone/1",
            "id": name,
            "title": CASES[0][0],
            "published_at": iso(START),
            "withdrawn_at": iso(START + timedelta(days=3)),
            "reason": "A court order of 4 March seals this recording.",
            "manifest_sha256": HASH,
        }
        self.state(f"releases/{name}/tombstone.json", tombstone)
        for key in list(self.store.keys(f"releases/{name}/")):
            if not key.endswith("tombstone.json"):
                self.store.remove(key)
        self.mark(name)

    def furnish(self) -> list[str]:
        """Everything that a page can show."""
        spoken = self.publish(
            title=CASES[1][0],
            kind=CASES[1][1],
            district=CASES[1][2],
            at=START + timedelta(days=1),
            captions=CAPTIONS,
        )
        names = [*self.publish_many(2), spoken]
        self.policy()
        self.log(names)
        case: JsonObject = {
            "due": "2026-03-20T05:59:59Z",
            "reason": "RELEASE_REDACTED",
            "waiting_for": "notice_time",
        }
        self.state("upcoming/index.json", {"format": "bwc-upcoming/1", "cases": [case]})
        self.state("upcoming/withheld.json", WITHHELD)
        self.state("coverage/2026-02-01_2026-02-28.json", COVERAGE)
        return names

    def policy(self) -> None:
        """One pack in force."""
        head: JsonObject = {
            "id": "us-co",
            "title": "Colorado: release of body-worn camera recordings",
            "version": "2026.1",
            "sha256": HASH,
        }
        rule: JsonObject = {
            **RULE,
            "lines": [
                "Applies when some complaint alleges misconduct, and a request was received.",
                "Then the department must disclose: release.",
                "Due: 21 days after the request was received.",
            ],
            "effective_from": "2021-07-01",
        }
        self.state("policy/us-co.json", {"format": "bwc-policy/1", **head, "text": [rule, rule]})
        self.state("policy/index.json", {"packs": [{**head, "rules": 2}]})

    def log(self, names: list[str]) -> None:
        """Two days of the public log."""
        for number, name in enumerate(names[:2]):
            entry: JsonObject = {
                "act": ("published", "withdrawn")[number],
                "at": iso(START + timedelta(days=number)),
                "release_id": name,
                "title": CASES[number][0],
                "reason": None if number == 0 else "A court order seals this recording.",
            }
            self.state(
                f"log/2026-03-0{number + 1}.json",
                {
                    "date": f"2026-03-0{number + 1}",
                    "entries": [entry],
                    "custody": {"position": 40 + number, "hash": HASH},
                },
            )

        extended: JsonObject = {
            "act": "extended",
            "at": iso(START),
            "title": "A request is answered within 21 days",
            "rule": "us-co.answer",
            "citation": "C.R.S. § 24-31-902(2)(a)",
            "reason": "=unusual circumstances",
            "granted_by": "the agency",
            "extensions": 1,
            "until": "2026-04-02",
        }
        day: JsonObject = {"date": "2026-02-28", "entries": [extended]}
        self.state("log/2026-02-28.json", {**day, "custody": {"position": 39, "hash": HASH}})

    def open_inbox(self) -> None:
        """Let the portal take letters."""
        key: JsonObject = {"format": "bwc-inbox-key/1", "public_key": public_of(new_key())}
        self.state("receipts/key.json", key)

    def put(self, key: str, body: bytes, content_type: str) -> None:
        self.store.put(key, io.BytesIO(body), content_type=content_type)

    def state(self, key: str, document: JsonObject) -> None:
        self.store.replace(key, json.dumps(document).encode(), content_type="application/json")

    def mark(self, name: str) -> None:
        """Tell readers that the list changed."""
        self.state("releases/changed.json", {"release": name, "at": new_id()})
