"""The mutations that leave picture and sound alone and change the file around them, and the table."""

from pathlib import Path

import av

from tests.media.boxes import find_box
from tests.mutations import (
    COPY,
    Case,
    Mutation,
    dropped_frame,
    extra_mask,
    frozen_frame,
    half_as_long,
    late_mask,
    mild_mask,
    missing_mask,
    other_clip,
    other_colours,
    other_spot,
    recoloured,
    repeated_frame,
    retimed_frame,
    shifted_mask,
    shifted_sound,
    silent,
    small_mask,
    turned_pixels,
    turned_tag,
    unmuted,
)
from tests.mutations_of_index import INDEX_MUTATIONS, PLACE, box, offsets_moved, written

# Units of H.264 that hold no part of a picture: SEI of user data, unregistered, in the name of
# x264, and registered; a second set of parameters; filling.
X264 = bytes.fromhex("dc45e9bde6d948b7962cd820d923eeef")
MESSAGES = (
    bytes([6, 5, 34]) + bytes(16) + PLACE + b"\x80",
    bytes([6, 5, 34]) + X264 + PLACE + b"\x80",
    bytes([6, 4, 18]) + PLACE + b"\x80",
    bytes([7]) + PLACE,
    bytes([12]) + PLACE,
)


def note_in_free_space(case: Case, variant: int) -> Path:
    """A place in a box that holds nothing, between index and samples."""
    content = case.good.read_bytes()
    start, size = find_box(content, b"moov")
    free, free_size = find_box(content, b"free")
    assert free == start + size
    note = box(b"free", PLACE)
    index = offsets_moved(content[start : start + size], len(note) - free_size)
    return written(case, content[:start] + index + note + content[free + free_size :])


def note_at_the_end(case: Case, variant: int) -> Path:
    return written(case, case.good.read_bytes() + box(b"free", b"officer 1204"))


def cut_off(case: Case, variant: int) -> Path:
    body = case.good.read_bytes()
    return written(case, body[: len(body) * (3, 9)[variant] // (4, 10)[variant]])


def fragmented(case: Case, variant: int) -> Path:
    return case.ffmpeg("-i", str(case.good), "-c", "copy", "-movflags", "frag_keyframe+empty_moov")


def index_last(case: Case, variant: int) -> Path:
    return case.ffmpeg("-i", str(case.good), "-c", "copy", "-fflags", "+bitexact")


def with_picture(case: Case, variant: int) -> Path:
    cover = case.folder / "cover.jpg"
    with av.open(str(case.clip.path)) as container:
        next(container.decode(video=0)).save(cover)
    return case.ffmpeg(
        *("-i", str(case.good), "-i", str(cover), "-map", "0", "-map", "1", "-c", "copy"),
        *("-disposition:v:1", "attached_pic", "-movflags", "+faststart", "-fflags", "+bitexact"),
    )


def with_captions(case: Case, variant: int) -> Path:
    captions = case.folder / "words.srt"
    captions.write_text("1\n00:00:00,100 --> 00:00:00,900\nMy name is Jane Doe\n")
    return case.ffmpeg(
        *("-i", str(case.good), "-i", str(captions), "-map", "0", "-map", "1", "-c", "copy"),
        *("-c:s", "mov_text", "-movflags", "+faststart", "-fflags", "+bitexact"),
    )


def with_chapters(case: Case, variant: int) -> Path:
    chapters = case.folder / "chapters.txt"
    chapters.write_text(
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=Jane Doe\n"
    )
    return case.ffmpeg(
        *("-i", str(case.good), "-i", str(chapters), "-map_metadata", "1", *COPY),
    )


def with_message(case: Case, variant: int) -> Path:
    """A place between the slices of each picture but the first, as some cameras write it."""
    message = MESSAGES[variant]
    with (
        av.open(str(case.good)) as source,
        av.open(str(case.bad), "w", format="mp4", options={"movflags": "+faststart"}) as out,
    ):
        out.flags |= 0x400
        into = {s.index: out.add_stream_from_template(s) for s in source.streams}
        for count, packet in enumerate(source.demux()):
            if packet.dts is None:
                continue
            is_marked = packet.stream.type == "video" and count > 0
            if is_marked:
                marked = av.Packet(len(message).to_bytes(4) + message + bytes(packet))
                marked.pts, marked.dts, marked.time_base = packet.pts, packet.dts, packet.time_base
                marked.is_keyframe = packet.is_keyframe
                marked.stream = into[packet.stream_index]
                out.mux(marked)
            else:
                packet.stream = into[packet.stream_index]
                out.mux(packet)
    return case.bad


def hidden_pictures(case: Case, variant: int) -> Path:
    """An edit list that lets the film begin later than its first picture."""
    start = str(float((case.clip.pts[12] - case.clip.pts[0]) * case.clip.time_base) + 0.001)
    return case.ffmpeg("-ss", start, "-i", str(case.good), *COPY)


MUTATIONS: dict[str, Mutation] = {
    "one mask is missing on one frame": Mutation("fill", missing_mask, variants=4),
    "a mask is shifted by a third": Mutation("fill", shifted_mask, variants=4),
    "a mask is five frames late": Mutation("fill", late_mask),
    "a mask is half as high": Mutation("fill", small_mask),
    "a mask is a mild mosaic": Mutation("fill", mild_mask, variants=2),
    "something is hidden that no plan names": Mutation("outside", extra_mask),
    "the picture is tagged as turned by 90 degrees": Mutation("look", turned_tag),
    "the picture is turned by 90 degrees": Mutation("look", turned_pixels),
    "the colour tags are others": Mutation("look", recoloured),
    "it is made from another clip": Mutation("outside", other_clip),
    "its colours are others": Mutation("outside", other_colours, variants=3),
    "a small spot shows something else": Mutation("outside", other_spot),
    "one frame is missing": Mutation("frames", dropped_frame, variants=3),
    "one frame is there twice": Mutation("frames", repeated_frame, variants=3),
    "one frame is late": Mutation("frames", retimed_frame),
    "one frame stands in the next one's place": Mutation("frames", frozen_frame),
    "half of it is missing": Mutation("frames", half_as_long),
    "the file is cut off": Mutation("container", cut_off, variants=2),
    "pictures are in it that are not shown": Mutation("frames", hidden_pictures),
    "50 ms of a muted stretch are heard, or less at its very ends": Mutation(
        "silence", unmuted, variants=9
    ),
    "its sound is 200 ms off": Mutation("sound", shifted_sound, variants=3),
    "its sound is missing": Mutation("streams", silent),
    "it has a second sound track": Mutation("streams", lambda case, _: case.tagged("-map", "0:a")),
    "it carries a picture": Mutation("streams", with_picture),
    "it has a data stream": Mutation(
        "streams", lambda case, _: case.tagged("-timecode", "01:00:00:00")
    ),
    "it has captions": Mutation("streams", with_captions),
    "it says where it was taken": Mutation(
        "metadata", lambda case, _: case.tagged("-metadata", f"location={PLACE.decode()}")
    ),
    "it has a title": Mutation("metadata", lambda case, _: case.tagged("-metadata", "title=Doe")),
    "it has chapters": Mutation("metadata", with_chapters),
    "a place stands between the slices": Mutation("metadata", with_message, variants=5),
    "a place stands in free space": Mutation("container", note_in_free_space),
    "a box with a note hangs on its end": Mutation("container", note_at_the_end),
    "the file is fragmented": Mutation("container", fragmented),
    "its index stands last": Mutation("container", index_last),
} | INDEX_MUTATIONS
