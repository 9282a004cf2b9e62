"""Sound that is copied: what is heard is the original's own, what is muted is not there at all."""

import itertools
import json
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from bwc.media.aac_header import AacForm
from bwc.media.aac_packet import read_element
from bwc.media.audio import AAC_FRAME, AAC_WINDOW, sound, sound_look
from bwc.media.copied_sound import SEQUENCES, SoundPacket, read_sound, sound_packets
from bwc.redaction.certificate import Certified, public_certificate
from bwc.redaction.fixity import sha256_of
from bwc.redaction.parts import ASKED_FOR, Parts
from bwc.redaction.plain_words import in_plain_words
from bwc.redaction.plan import MutedSpan, Plan, SoundEffect
from bwc.redaction.render import open_source, render
from bwc.redaction.workbench import open_workbench
from bwc.timeline import Span
from tests.aac_packets import Wave, decoded
from tests.aac_random import RandomSound
from tests.clips import Clip, make_clip
from tests.redactions import BlindFinder, failed, verify_clip
from tests.sounds import CUT, heard_clip, muting, packets_like, picture, with_packets

pytestmark = pytest.mark.media

STEREO = AacForm(48000, 2)
FORMS = [AacForm(rate, channels) for rate in (8000, 16000, 44100, 48000) for channels in (1, 2)]
OPENS = {sequence: opens for (opens, _), sequence in SEQUENCES.items()}
CLOSES = {sequence: closes for (_, closes), sequence in SEQUENCES.items()}


def rendered(clip: Clip, plan: Plan, into: Path, why_full: str | None = None) -> Parts:
    with open_workbench(into.with_suffix(".bench")) as bench:
        return render(open_source(clip.path), into, plan=plan, workbench=bench, why_full=why_full)


def wave(path: Path) -> tuple[int, Wave]:
    """The first sample, and all of them: (channels, n)."""
    look = sound_look(path)
    assert look is not None
    blocks = list(sound(path, look))
    return blocks[0].start, np.concatenate([block.samples for block in blocks], axis=1)


def copied_packets(clip: Clip, *spans: Span[Fraction]) -> list[SoundPacket]:
    look = sound_look(clip.path)
    assert look is not None
    return list(sound_packets(read_sound(clip.path, look), spans))


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_what_is_heard_is_the_originals_to_the_sample_and_what_is_muted_is_silent(
    form: AacForm, tmp_path: Path
) -> None:
    clip, out = heard_clip(tmp_path, form), tmp_path / "out.mp4"
    plan = muting(clip, CUT)
    use = rendered(clip, plan, out).sound
    assert use is not None
    assert use.copied is not None
    assert failed(verify_clip(clip, plan, out)) == set()
    (first, before), (start, after) = wave(clip.path), wave(out)
    assert (first, before.shape) == (start, after.shape)
    begins, ends = round(1.003 * form.rate), 2 * form.rate
    assert not after[:, begins:ends].any()
    beside = slice(begins - AAC_WINDOW, ends + AAC_WINDOW)
    same = (before == after).all(axis=0)
    same[beside] = True
    assert same.all()
    loudest = np.abs(before).max()
    assert np.abs(after[:, beside]).max() < 1.5 * loudest  # no click where it fades
    steps = [np.abs(np.diff(each, axis=1)).max() for each in (after[:, beside], before)]
    assert steps[0] < 1.5 * steps[1]


@pytest.mark.parametrize("form", FORMS[-4:], ids=str)
@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_windows_silence_fits_between_them(
    form: AacForm, seed: int, tmp_path: Path
) -> None:
    sounds = RandomSound(form, seed, noise=False)
    packets = [sounds.packet(notes=True) for _ in range(60)]
    clip = with_packets(picture(tmp_path), tmp_path / "in.mp4", packets, form)
    cuts = [Span(Fraction(at), Fraction(at) + length) for at, length in SHORT_CUTS]
    cut = copied_packets(clip, *cuts)
    was = [read_element(packet, form) for packet in packets]
    windows = [read_element(packet.coded, form).edges for packet in cut]
    for number, (one, other) in enumerate(itertools.pairwise(windows)):
        if cut[number].is_silent != cut[number + 1].is_silent or cut[number].is_silent:
            for side in range(form.channels):
                assert CLOSES[one[side].sequence] == OPENS[other[side].sequence]
        if cut[number].is_silent and not cut[number + 1].is_silent:
            assert [edge.shape for edge in one] == [edge.shape for edge in was[number].edges]
    before, after = decoded(packets, form), decoded([packet.coded for packet in cut], form)
    at = np.arange(before.shape[1]) - AAC_FRAME
    beside = np.zeros(at.size, bool)
    for span in cuts:
        inside = (at >= span.start * form.rate) & (at < span.end * form.rate)
        assert not after[:, inside].any()
        beside |= (at > span.start * form.rate - AAC_WINDOW) & (
            at < span.end * form.rate + AAC_WINDOW
        )
    assert np.array_equal(before[:, ~beside], after[:, ~beside])
    assert beside.mean() < 0.7


SHORT_CUTS = [(Fraction(2, 10), Fraction(1, 1000)), (Fraction(7, 10), Fraction(1, 10))]


def test_of_silence_nothing_is_told_but_where_it_ends(tmp_path: Path) -> None:
    clip = heard_clip(tmp_path, STEREO)
    inner = [packet for packet in copied_packets(clip, CUT.span()) if packet.is_silent][1:-1]
    assert len({packet.coded for packet in inner}) == 1


def ffmpeg(into: Path, *words: str) -> Path:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *words, str(into)]
    subprocess.run(command, check=True)
    return into


def remuxed(clip: Clip, into: Path, *words: str) -> Path:
    return ffmpeg(into, *words, "-i", str(clip.path), "-c", "copy")


UNEVEN = [Fraction(at, 25) + Fraction(at % 3, 500) for at in range(80)]
PLACES: dict[str, Callable[[Path, Clip], Path]] = {
    "MP4": lambda _, clip: clip.path,
    "MOV": lambda folder, clip: remuxed(clip, folder / "a.mov"),
    "Matroska, in thousandths": lambda folder, clip: remuxed(clip, folder / "a.mkv"),
    "an edit list that begins late": lambda folder, clip: remuxed(
        clip, folder / "a.mp4", "-itsoffset", "2.5"
    ),
    "sound that begins before the picture": lambda folder, clip: ffmpeg(
        *(folder / "a.mp4", "-itsoffset", "1.3", "-i", str(clip.path), "-i", str(clip.path)),
        *("-map", "0:v", "-map", "1:a", "-c", "copy"),
    ),
    "sound that begins after the picture": lambda folder, clip: ffmpeg(
        *(folder / "a.mp4", "-itsoffset", "0.517", "-i", str(clip.path), "-i", str(clip.path)),
        *("-map", "1:v", "-map", "0:a", "-c", "copy"),
    ),
    "uneven times of pictures": lambda folder, _: (
        with_packets(
            picture(folder, times=UNEVEN), folder / "a.mp4", packets_like(STEREO), STEREO
        ).path
    ),
    "a run-up of 2112 samples": lambda folder, _: (
        with_packets(
            picture(folder), folder / "a.mp4", packets_like(STEREO), STEREO, first=-2112
        ).path
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_copied_sound_keeps_its_place_to_the_sample(place: str, tmp_path: Path) -> None:
    path, out = PLACES[place](tmp_path, heard_clip(tmp_path, STEREO)), tmp_path / "out.mp4"
    clip = Clip(path, Fraction(1, 90_000), (), ((),))
    begins, before = wave(path)
    plan = muting(clip, CUT.model_copy(update={"start": (3, 1), "end": (31, 10)}))
    use = rendered(clip, plan, out).sound
    assert use is not None
    assert use.copied is not None, use.why_anew
    start, after = wave(out)
    assert start == begins
    until = min(3 * 48_000 - begins - AAC_WINDOW, before.shape[1])
    assert np.array_equal(before[:, :until], after[:, :until])
    assert failed(verify_clip(clip, plan, out)) == set()


ANEW: dict[str, tuple[str, Callable[[Path, Clip], Path]]] = {
    "MP3": (
        "is not AAC",
        lambda folder, clip: ffmpeg(
            folder / "a.mp4", "-i", str(clip.path), "-c:v", "copy", "-c:a", "mp3"
        ),
    ),
    "six channels": (
        "has neither one channel nor two",
        lambda folder, clip: ffmpeg(
            *(folder / "a.mp4", "-i", str(clip.path), "-c:v", "copy", "-c:a", "aac", "-ac", "6"),
        ),
    ),
    "a transport stream": (
        "lies in a container that states no exact times",
        lambda folder, clip: remuxed(clip, folder / "a.ts"),
    ),
    "sound that is cut off by an edit list": (
        "has a part that is not shown",
        lambda folder, clip: remuxed(clip, folder / "a.mp4", "-ss", "1.013"),
    ),
    "a gap": (
        "has gaps",
        lambda folder, _: (
            with_packets(
                *(picture(folder), folder / "a.mp4", packets_like(STEREO), STEREO),
                places=[1024 * at + 4096 * (at > 30) for at in range(-1, 200)],
            ).path
        ),
    ),
    "another header in its midst": (
        "changes its form midway",
        lambda folder, _: (
            with_packets(
                *(picture(folder), folder / "a.mp4", packets_like(STEREO), STEREO),
                headers={60: AacForm(44100, 2).header},
            ).path
        ),
    ),
    "a first packet that is no sound": (
        "has a packet that cannot be read",
        lambda folder, _: (
            with_packets(
                *(picture(folder), folder / "a.mp4"),
                [b"\xab" * 60, *packets_like(STEREO)],
                STEREO,
            ).path
        ),
    ),
    "a packet that breaks off": (
        "has a packet that breaks off",
        lambda folder, _: (
            with_packets(
                *(picture(folder), folder / "a.mp4"),
                [p[: len(p) // (1 + (at == 60))] for at, p in enumerate(packets_like(STEREO))],
                STEREO,
            ).path
        ),
    ),
}


@pytest.mark.parametrize("what", ANEW)
def test_what_is_unusual_is_coded_anew_and_the_certificate_says_why(
    what: str, tmp_path: Path
) -> None:
    reason, make = ANEW[what]
    path, out = make(tmp_path, heard_clip(tmp_path, STEREO)), tmp_path / "out.mp4"
    clip = Clip(path, Fraction(1, 90_000), (), ((),))
    plan = muting(clip, CUT)
    parts = rendered(clip, plan, out)
    assert parts.sound is not None
    assert parts.sound.copied is None
    assert reason in (parts.sound.why_anew or "")
    assert failed(verify_clip(clip, plan, out)) == set()
    said = " ".join(in_plain_words({"render": parts.document}).split())
    assert f"The sound was coded anew, since the sound of the original {reason}" in said
    assert lag(wave(path), wave(out)) == 0


def lag(one: tuple[int, Wave], other: tuple[int, Wave]) -> int:
    """By how many samples `other` is late, by cross-correlation of their first second."""
    size = 48_000
    sides = [
        np.pad(samples.mean(axis=0), (max(0, start), size))[:size]
        for start, samples in (one, other)
    ]
    spectra = [np.fft.rfft(side, 2 * size) for side in sides]
    alike = np.fft.irfft(spectra[1] * spectra[0].conj())
    best = int(np.argmax(alike))
    return best - 2 * size if best > size else best


def test_with_a_tone_or_when_it_is_asked_for_sound_is_coded_anew(tmp_path: Path) -> None:
    clip, out = heard_clip(tmp_path, STEREO), tmp_path / "out.mp4"
    tone = muting(clip, CUT.model_copy(update={"effect": SoundEffect.TONE}))
    for plan, why_full, reason in (
        (tone, None, "a tone stands in it"),
        (muting(clip, CUT), ASKED_FOR, ASKED_FOR),
    ):
        parts = rendered(clip, plan, out, why_full)
        assert parts.sound is not None
        assert parts.sound.document == {"mode": "coded anew", "reason": reason}
        assert failed(verify_clip(clip, plan, out)) == set()


def test_noise_that_a_decoder_makes_up_is_proven_from_the_end_of_silence_on(tmp_path: Path) -> None:
    """It depends on all that was decoded before; so the two sound alike and are not the same."""
    packets = packets_like(STEREO, options={"aac_pns": "1"})
    clip = with_packets(picture(tmp_path), tmp_path / "in.mp4", packets, STEREO)
    plan, out = muting(clip, CUT), tmp_path / "out.mp4"
    assert rendered(clip, plan, out).copies
    assert failed(verify_clip(clip, plan, out)) == set()
    (_, before), (_, after) = wave(clip.path), wave(out)
    beyond = slice(2 * 48_000 + AAC_WINDOW, before.shape[1])
    assert not np.array_equal(before[:, beyond], after[:, beyond])
    assert np.corrcoef(before[0, beyond], after[0, beyond])[0, 1] > 0.95


def test_a_certificate_says_how_much_sound_was_copied(tmp_path: Path) -> None:
    clip, out = heard_clip(tmp_path, STEREO), tmp_path / "out.mp4"
    plan = muting(clip, CUT)
    parts = rendered(clip, plan, out)
    document = public_certificate(
        Certified(
            original_sha256=sha256_of(clip.path),
            redacted_sha256=sha256_of(out),
            look=open_source(clip.path).look,
            plan=plan,
            verification=verify_clip(clip, plan, out),
            verifier=BlindFinder(),
            rendered_again=0,
            parts=parts,
        )
    )
    told = json.loads(json.dumps(document))["render"]["sound"]
    assert told == {"mode": "copied", "packets_copied": 103, "packets_silent": 48}
    words = " ".join(in_plain_words(document).split())
    assert "The sound was copied as it is, in 103 packets, and 48 packets were put in" in words


def test_the_same_film_comes_of_it_again(tmp_path: Path) -> None:
    clip = heard_clip(tmp_path, STEREO)
    plan = muting(clip, CUT)
    for name in ("one", "two"):
        rendered(clip, plan, tmp_path / f"{name}.mp4")
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_a_span_that_covers_all_leaves_nothing(tmp_path: Path) -> None:
    clip, out = heard_clip(tmp_path, STEREO), tmp_path / "out.mp4"
    whole = MutedSpan(start=(0, 1), end=(9, 1), exemption="ssn", author="person:tess")
    plan = muting(clip, whole)
    use = rendered(clip, plan, out).sound
    assert use is not None
    assert use.document["packets_copied"] == 0
    assert failed(verify_clip(clip, plan, out)) == set()
    assert not wave(out)[1].any()


def test_sound_is_copied_though_no_picture_is(tmp_path: Path) -> None:
    shape = {"size": (64, 48), "seconds": 3.2, "faces": (), "audio": False, "codec": "mpeg4"}
    old = make_clip(tmp_path / "picture.mp4", **shape)  # type: ignore[arg-type] - as given
    clip = with_packets(old, tmp_path / "in.mp4", packets_like(STEREO), STEREO)
    plan, out = muting(clip, CUT), tmp_path / "out.mp4"
    document = rendered(clip, plan, out).document
    assert document["mode"] == "full"
    assert isinstance(document["sound"], dict)
    assert document["sound"]["mode"] == "copied"
    assert failed(verify_clip(clip, plan, out)) == set()
