"""What is said in a release, line by line, out of its captions. Pure."""

import html
import re
from typing import NamedTuple

from bwc.errors import InvalidInput
from bwc.media.captions import cues

VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
TAG = re.compile(r"<[^>]*>")


class Line(NamedTuple):
    """What is said from `start` on, in seconds from the start of the video."""

    start: float
    end: float
    text: str


def transcript(webvtt: str) -> list[Line]:
    r"""The lines of a WebVTT file; none where its times cannot be read.

    >>> transcript("WEBVTT\n\n00:01.500 --> 00:02.000\n<v Officer>Step <i>out</i> &amp; wait.")
    [Line(start=1.5, end=2.0, text='Officer: Step out & wait.')]
    """
    try:
        found = list(cues(webvtt))
    except InvalidInput:
        return []
    lines = (Line(float(span.start), float(span.end), _plain(said)) for span, said in found)
    return [line for line in lines if line.text]


def _plain(said: str) -> str:
    """A cue's words: its first paragraph without tags, with the speaker's name before it."""
    paragraph = said.split("\n\n", 1)[0]
    named = VOICE.sub(lambda voice: f"{voice[1].strip()}: ", paragraph)
    return " ".join(html.unescape(TAG.sub("", named)).split())
