"""The bundle of a release: all its files, their fingerprints and how to check them, as one ZIP."""

import hashlib
import zlib

from api.portal.documents import File, Manifest
from api.portal.library import Library
from api.portal.zipped import Entry, known, zipped
from api.ranges import Content
from bwc.errors import NotFound

BUNDLE = "bundle.zip"
HOW_TO_CHECK = """\
{title}
Released {released} under {address}

Nothing here needs to be believed. In this folder:

1. Is every file the one that was published?
     Linux:    sha256sum -c SHA256SUMS
     macOS:    shasum -a 256 -c SHA256SUMS
     Windows:  certutil -hashfile video.mp4 SHA256   (compare with the line in SHA256SUMS)
   SHA256SUMS repeats what manifest.json lists.

2. Is manifest.json the one that was published?
   Compare it with {address}/manifest.json
   Its SHA-256 is {manifest}; the public log names it on the day of the release.

3. Why is it public, and was that the rule? decision.json names each rule with its citation.

4. Is what had to be hidden hidden? certificate.json says how the finished file was examined;
   plan.json lists every hidden place with its time and reason.

5. Was anything changed later? manifest.json names the end of the custody chain at entry {position}.
   Whoever is given the chain checks it with: bwc custody verify --against manifest.json
"""


def can_be_bundled(manifest: Manifest) -> bool:
    """Whether the manifest lists what a ZIP needs; those of before do not."""
    return all(file.crc32 is not None for file in manifest.files)


def bundle(library: Library, manifest: Manifest, *, address: str) -> Content:
    """The ZIP of a release that lies at `address`, to be served whole or by range.

    Raises:
        NotFound: it was published before bundles were.
    """
    if not can_be_bundled(manifest):
        raise NotFound("this release has no bundle", advice="Download its files one by one.")
    listed = library.manifest_bytes(manifest)
    sums = "".join(f"{file.sha256}  {file.name}\n" for file in manifest.files)
    words = HOW_TO_CHECK.format(
        title=manifest.title,
        released=manifest.published_at.date(),
        address=address,
        manifest=hashlib.sha256(listed).hexdigest(),
        position=manifest.custody.position,
    )
    folder = folder_name(manifest)
    told = {
        "manifest.json": listed,
        "SHA256SUMS": sums.encode(),
        "HOW-TO-CHECK.txt": words.encode(),
    }
    entries = [_stored(library, manifest, file, folder) for file in manifest.files]
    entries += [
        Entry(
            f"{folder}/{name}",
            len(body),
            zlib.crc32(body),
            hashlib.sha256(body).hexdigest(),
            known(body),
        )
        for name, body in told.items()
    ]
    made = zipped(entries, at=manifest.published_at)
    return Content(made.size_bytes, made.etag, "application/zip", made.read)


def folder_name(manifest: Manifest) -> str:
    """A name that says what it is and nothing of where it came from."""
    return f"release-{manifest.incident.date}-{manifest.id[-12:]}"


def _stored(library: Library, manifest: Manifest, file: File, folder: str) -> Entry:
    crc32 = int(file.crc32 or "0", 16)
    content = library.content(manifest, file)
    return Entry(f"{folder}/{file.name}", file.size, crc32, file.sha256, content.read)
