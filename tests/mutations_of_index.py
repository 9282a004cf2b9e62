"""The mutations of the index of a film: what stands in its boxes and tables that nobody plays."""

from pathlib import Path

from tests.media.boxes import find_box
from tests.mutations import Case, Mutation

PLACE = b"+39.7392-104.9903/"


def box(name: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4) + name + body


def written(case: Case, content: bytes) -> Path:
    case.bad.write_bytes(content)
    return case.bad


def place_atom(case: Case, variant: int) -> Path:
    """A place in the user data of the film, as cameras and phones write it."""
    xyz = box(b"\xa9xyz", len(PLACE).to_bytes(2) + b"\x15\xc7" + PLACE)
    loci = box(b"loci", bytes(6) + b"Denver\0" + bytes(13) + b"earth\0\0")
    return written(case, with_user_data(case.good.read_bytes(), (xyz, loci)[variant]))


def with_user_data(content: bytes, atom: bytes) -> bytes:
    """`content` (index first) with one more box `udta` in its index, all offsets moved."""
    start, size = find_box(content, b"moov")
    extra = box(b"udta", atom)
    index = bytearray(offsets_moved(content[start : start + size], len(extra)) + extra)
    index[:4] = len(index).to_bytes(4)
    return content[:start] + bytes(index) + content[start + size :]


def offsets_moved(index: bytes, by: int) -> bytes:
    """The index of a film whose samples lie `by` bytes further on (ISO/IEC 14496-12, 8.7.5)."""
    moved = bytearray(index)
    at = moved.find(b"stco")
    while at >= 0:
        for entry in range(int.from_bytes(moved[at + 8 : at + 12])):
            place = at + 12 + 4 * entry
            moved[place : place + 4] = (int.from_bytes(moved[place : place + 4]) + by).to_bytes(4)
        at = moved.find(b"stco", at + 4)
    return bytes(moved)


BEFORE_BOXES = {b"stsd": 8, b"avc1": 78, b"mp4a": 28}  # bytes of a box's own, then boxes
PICTURE = [(b"moov", 0), (b"trak", 0), (b"mdia", 0), (b"minf", 0), (b"stbl", 0)]
SOUND = [(b"moov", 0), (b"trak", 1), (b"mdia", 0), (b"minf", 0), (b"stbl", 0)]


def hidden_box(case: Case, variant: int) -> Path:
    """A box that no player knows, on each level: before the empty tags, in each sound entry."""
    path = (
        [(b"moov", 0), (b"udta", 0)],
        [*PICTURE, (b"stsd", 0), (b"avc1", 0)],
        [*SOUND, (b"stsd", 0), (b"mp4a", 0)],
        *(PICTURE[:depth] for depth in range(1, 6)),
        [*PICTURE[:4], (b"dinf", 0)],
        [*SOUND, (b"stsd", 0)],
    )[variant]
    return written(case, grown(case.good.read_bytes(), path, box(b"gps0", PLACE)))


def known_box_elsewhere(case: Case, variant: int) -> Path:
    """A box that our writer knows, where it puts none."""
    path, name = (
        (SOUND[:2], b"free"),
        ([*PICTURE, (b"stsd", 0), (b"avc1", 0)], b"esds"),
        (PICTURE[:4], b"smhd"),
        (SOUND, b"stss"),
    )[variant]
    return written(case, grown(case.good.read_bytes(), path, box(name, bytes(8) + PLACE)))


def second_box(case: Case, variant: int) -> Path:
    """A box stands twice; a player heeds one."""
    path = (
        [(b"moov", 0), (b"udta", 0)],
        [(b"moov", 0), (b"mvhd", 0)],
        [*SOUND, (b"sgpd", 0)],
        [*PICTURE[:4], (b"dinf", 0)],
        [*SOUND, (b"stsd", 0), (b"mp4a", 0), (b"esds", 0)],
    )[variant]
    content = case.good.read_bytes()
    start, size = places(content, path)[-1]
    return written(case, grown(content, path[:-1], content[start : start + size]))


def entry_for_no_sample(case: Case, variant: int) -> Path:
    """A table has one more entry than there are samples for."""
    path, entry = (
        ([*PICTURE, (b"stts", 0)], bytes(4) + b"1204"),
        ([*PICTURE, (b"ctts", 0)], bytes(4) + b"1204"),
        ([*PICTURE, (b"stss", 0)], b"1204"),
        ([*SOUND, (b"stts", 0)], bytes(4) + b"1204"),
    )[variant]
    content = bytearray(grown(case.good.read_bytes(), path, entry))
    count = places(bytes(content), path)[-1][0] + 12
    more = int.from_bytes(content[count : count + 4]) + 1
    content[count : count + 4] = more.to_bytes(4)
    return written(case, bytes(content))


def other_number(case: Case, variant: int) -> Path:
    """A number that players pass over: a shift, a fraction, a size, a rate, a length, a scale."""
    path, at, number = (
        ([*PICTURE[:2], (b"tkhd", 0)], 64, b"1204"),
        ([*PICTURE[:2], (b"tkhd", 0)], 78, b"12"),
        ([*PICTURE[:2], (b"tkhd", 0)], 20, b"1204"),
        ([*PICTURE, (b"stsd", 0), (b"avc1", 0)], 24, b"1204"),
        ([*PICTURE, (b"stsd", 0), (b"avc1", 0), (b"btrt", 0)], 4, b"1204"),
        ([*SOUND, (b"stsd", 0), (b"mp4a", 0)], 24, b"12"),
        ([*SOUND, (b"stsd", 0), (b"mp4a", 0), (b"esds", 0)], 22, b"1204"),
        ([*SOUND, (b"stsd", 0), (b"mp4a", 0), (b"btrt", 0)], 8, b"1204"),
        ([*SOUND[:3], (b"mdhd", 0)], 16, b"1204"),
        ([*SOUND[:2], (b"edts", 0), (b"elst", 0)], 8, b"1204"),
        ([(b"moov", 0), (b"mvhd", 0)], 16, b"1204"),
        ([(b"moov", 0), (b"mvhd", 0)], 99, b"\x7f"),
    )[variant]
    content = bytearray(case.good.read_bytes())
    start = places(bytes(content), path)[-1][0] + 8 + at
    content[start : start + len(number)] = number
    return written(case, bytes(content))


def place_between_samples(case: Case, variant: int) -> Path:
    """A place that no sample holds, made up for by a sample that reaches into the next one's data.

    All sizes together are those of the data, and a sound's decoder stops where its frame ends.
    """
    content = bytearray(case.good.read_bytes())
    data, size = find_box(bytes(content), b"mdat")
    content[data : data + 4] = (size + len(PLACE)).to_bytes(4)
    chunks = places(bytes(content), [*SOUND, (b"stsc", 0)])[-1][0] + 20
    which = int.from_bytes(content[chunks : chunks + 4]) - 1
    entry = places(bytes(content), [*SOUND, (b"stsz", 0)])[-1][0] + 20 + 4 * which
    longer = int.from_bytes(content[entry : entry + 4]) + len(PLACE)
    content[entry : entry + 4] = longer.to_bytes(4)
    return written(case, bytes(content) + PLACE)


def hidden_words(case: Case, variant: int) -> Path:
    """Words behind what a box has to say: four tables, the roll of sound, its name, its place."""
    path = (
        [*PICTURE, (b"stts", 0)],
        [*PICTURE, (b"stsz", 0)],
        [*SOUND, (b"stco", 0)],
        [*SOUND, (b"sbgp", 0)],
        [*SOUND, (b"sgpd", 0)],
        [*PICTURE[:3], (b"hdlr", 0)],
        [*PICTURE[:4], (b"dinf", 0), (b"dref", 0)],
        [*PICTURE, (b"stsd", 0), (b"avc1", 0), (b"avcC", 0)],
    )[variant]
    return written(case, grown(case.good.read_bytes(), path, PLACE))


def words_in_reserve(case: Case, variant: int) -> Path:
    """Words where the standard reserves room; the file stays as long as it was."""
    name, at, words = (
        (b"mvhd", 4, b"2024"),  # when it was made
        (b"mvhd", 26, b"Jane Doe"),
        (b"mvhd", 72, b"officer 1204"),
        (b"tkhd", 4, b"Doe, Jan"),
        (b"tkhd", 24, b"Jane Doe"),
        (b"mdhd", 4, b"Doe, Jan"),
        (b"hdlr", 12, b"officer 1204"),
        (b"vmhd", 4, b"J. Doe"),
        (b"avc1", 42, b"\x08Jane Doe"),  # the encoder's name
        (b"mp4a", 8, b"Jane Doe"),
        (b"btrt", 0, b"1204"),
    )[variant]
    content = bytearray(case.good.read_bytes())
    body = content.find(name, find_box(content, b"moov")[0]) + 4
    content[body + at : body + at + len(words)] = words
    return written(case, bytes(content))


def places(content: bytes, path: list[tuple[bytes, int]]) -> list[tuple[int, int]]:
    """Where each box on the way down `path` begins, and its size."""
    found, start = [], 0
    for name, which in path:
        place, size = find_box(content, name, start)
        for _ in range(which):
            place, size = find_box(content, name, place + size)
        found.append((place, size))
        start = place + 8 + BEFORE_BOXES.get(name, 0)
    return found


def grown(content: bytes, path: list[tuple[bytes, int]], extra: bytes) -> bytes:
    """`content` (index first) with `extra` at the end of the box at `path`; in udta at its start.

    All sizes and offsets are put right.
    """
    way = places(content, path)
    place, size = way[-1]
    at = place + 8 if path[-1][0] == b"udta" else place + size
    bigger = bytearray(content)
    for start, _ in way:
        longer = int.from_bytes(content[start : start + 4]) + len(extra)
        bigger[start : start + 4] = longer.to_bytes(4)
    bigger[at:at] = extra
    index, index_size = find_box(bytes(bigger), b"moov")
    end = index + index_size
    bigger[index:end] = offsets_moved(bytes(bigger[index:end]), len(extra))
    return bytes(bigger)


INDEX_MUTATIONS: dict[str, Mutation] = {
    "a GPS atom is left": Mutation("metadata", place_atom, variants=2),
    "a box that no player knows is hidden in its index": Mutation(
        "metadata", hidden_box, variants=10
    ),
    "a box of its index stands where it does not belong": Mutation(
        "metadata", known_box_elsewhere, variants=4
    ),
    "a box of its index stands twice": Mutation("metadata", second_box, variants=5),
    "words hang on a box of its index": Mutation("metadata", hidden_words, variants=8),
    "words stand in reserved bytes of its index": Mutation(
        "metadata", words_in_reserve, variants=11
    ),
    "a table of its index has an entry for no sample": Mutation(
        "metadata", entry_for_no_sample, variants=4
    ),
    "a number of its index is not that of its samples": Mutation(
        "metadata", other_number, variants=12
    ),
    "a place lies between its samples": Mutation("container", place_between_samples),
}
