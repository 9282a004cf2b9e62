"""Copied sound in a real Chromium: the original's own at its place, and nothing where it is muted."""

import base64
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from bwc.media.aac_header import AacForm
from bwc.media.audio import AAC_WINDOW
from tests.media.test_copied_sound import rendered
from tests.pages.test_desk import browser
from tests.sounds import CUT, heard_clip, muting

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.media]

RATE = 48_000
HEAR = """async (body) => {
  const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
  const heard = await new OfflineAudioContext(2, 48000, 48000).decodeAudioData(bytes.buffer);
  const sides = [heard.getChannelData(0), heard.getChannelData(1)];
  return sides.map((side) => {
    const raw = new Uint8Array(side.buffer, side.byteOffset, side.byteLength);
    let text = '';
    for (let at = 0; at < raw.length; at += 8192) {
      text += String.fromCharCode(...raw.subarray(at, at + 8192));
    }
    return btoa(text);
  });
}"""


def heard(chromium: Browser, path: Path) -> np.ndarray:
    """What Chromium decodes of a file: (2, samples) float32."""
    page = chromium.new_page()
    try:
        sides = page.evaluate(HEAR, base64.b64encode(path.read_bytes()).decode())
    finally:
        page.close()
    return np.stack([np.frombuffer(base64.b64decode(side), np.float32) for side in sides])


def test_chromium_hears_the_original_at_its_place_and_nothing_where_it_is_muted(
    browser: Browser, tmp_path: Path
) -> None:
    clip, out = heard_clip(tmp_path, AacForm(RATE, 2)), tmp_path / "out.mp4"
    assert rendered(clip, muting(clip, CUT), out).copies
    before, after = heard(browser, clip.path), heard(browser, out)
    assert before.shape == after.shape
    begins, ends = round(1.003 * RATE), 2 * RATE
    assert np.abs(before[:, begins:ends]).max() > 0.1
    assert np.abs(after[:, begins + 1200 : ends - 1200]).max() == 0
    assert np.abs(before - after)[:, : begins - 2 * AAC_WINDOW].max() < 1e-4
    assert np.abs(before - after)[:, ends + 2 * AAC_WINDOW :].max() < 1e-4
