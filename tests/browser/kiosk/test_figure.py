"""The figure: every viseme and state is its own, and mouth and sound have one clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

VISEMES = ["sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U"]
HOUR_S = 3600


@pytest.fixture(scope="module")
def grid(browser: Browser, kiosk_url: str) -> Iterator[Page]:
    """The page that shows them all, opened once: these tests change nothing in it that another looks at."""
    page = browser.new_page()
    page.goto(kiosk_url + "/kiosk/figure")
    yield page
    page.close()


def drawn(grid: Page, kind: str) -> dict[str, str]:
    """What is drawn in each cell, without the names that differ between two figures anyway."""
    found: dict[str, str] = grid.evaluate(
        """(kind) => Object.fromEntries([...document.querySelectorAll(`.${kind}`)].map((cell) => [cell.dataset.name,
             [...cell.querySelectorAll('[d], [transform]')].map((e) => `${e.getAttribute('d')} ${e.getAttribute('transform')}`).join('|')]))""",
        kind,
    )
    return found


def test_every_viseme_and_every_state_looks_its_own_way(grid: Page) -> None:
    grid.wait_for_selector(".live")
    mouths, states = drawn(grid, "viseme"), drawn(grid, "state")
    assert list(mouths) == VISEMES
    assert len(set(mouths.values())) == len(VISEMES)
    assert {"idle", "listening", "thinking", "speaking", "pointing", "bow"} <= states.keys()
    assert len(set(states.values())) == len(states)


def test_lips_close_for_b_and_open_widest_for_a(grid: Page) -> None:
    heights: dict[str, Any] = grid.evaluate(
        """async () => {
          const { VISEMES, drawn } = await import('/static/kiosk/js/avatar/mouth.js');
          const { Figure } = await import('/static/kiosk/js/avatar/figure.js');
          const found = {};
          for (const name of Object.keys(VISEMES)) {
            const figure = new Figure(document.body, { still: true });
            figure.viseme(name);
            figure.frame(0, true);
            const { width } = figure.parts.inside.getBBox();
            const shape = drawn(VISEMES[name]);
            found[name] = shape.gap;
            if (shape.bite) found.bitten = (found.bitten ?? '') + name;
            found[`${name} wide`] = width;
            figure.svg.remove();
          }
          return found;
        }"""
    )
    assert heights["PP"] == 0
    assert all(heights[name] > 1 for name in VISEMES if name not in ("sil", "PP"))
    assert heights["bitten"] == "FF"
    assert heights["aa"] >= max(heights[name] for name in VISEMES)
    assert heights["U wide"] < heights["O wide"] < heights["aa wide"] < heights["I wide"]


def test_the_mouth_goes_from_one_shape_to_the_next_without_a_leap(grid: Page) -> None:
    leap: float = grid.evaluate(
        """async () => {
          const { Figure } = await import('/static/kiosk/js/avatar/figure.js');
          const figure = new Figure(document.body, { still: true, now: () => 0 });
          let leap = 0;
          let before = figure.lips.jaw;
          ['PP', 'aa', 'sil', 'O', 'PP'].forEach((name, i) => {
            figure.hush();
            figure.viseme(name);
            for (let frame = 0; frame < 6; frame += 1) {
              figure.frame((i * 6 + frame + 1) * 1000 / 60);
              leap = Math.max(leap, Math.abs(figure.lips.jaw - before));
              before = figure.lips.jaw;
            }
          });
          return leap;
        }"""
    )
    assert 0.1 < leap < 0.66  # of a way of 1.95 from pressed lips to wide open


def test_who_prefers_little_motion_sees_none_that_says_nothing(grid: Page) -> None:
    same: list[bool] = grid.evaluate(
        """async () => {
          const { Figure } = await import('/static/kiosk/js/avatar/figure.js');
          return [true, false].map((still) => {
            const figure = new Figure(document.body, { still, now: () => 0 });
            const before = figure.svg.outerHTML;
            for (let at = 0; at < 4000; at += 16) figure.frame(at);
            return figure.svg.outerHTML === before;
          });
        }"""
    )
    assert same == [True, False]


CLOCKS = """async ({ seconds, latency, sound }) => {
  const { Player } = await import('/static/kiosk/js/player.js');
  const clock = { now: 0 };
  const played = [];
  const context = {
    state: 'running', get currentTime() { return clock.now; }, outputLatency: latency, destination: null,
    createBuffer: (channels, count, rate) => ({ duration: count / rate, getChannelData: () => new Float32Array(count) }),
    createBufferSource: () => ({ connect() {}, disconnect() {}, start(at) { played.push(at); }, stop() {} }),
    createGain: () => ({ gain: {}, connect() {} }),
  };
  const mouth = { shape: {}, viseme(name, weight) { this.shape[name] = weight; }, hush() { this.shape = {}; } };
  const player = new Player({ figure: mouth, on: {}, now: () => clock.now,
    context: () => { if (!sound) throw new Error('no loudspeaker'); return context; } });
  await player.open();
  // One sentence a second, its mouth open exactly from 500 to 600 ms; each is handed over a second before it is due.
  const offsets = [];
  const starts = [];
  for (let n = 0; n < seconds; n += 1) {
    player.say({ utterance: 1, sentence: n, last: false, text: String(n), rate: 100, ms: 1000,
      visemes: [['sil', 0, 500], ['aa', 500, 600], ['sil', 600, 1000]] }, new Uint8Array(200));
    starts.push(player.queue.at(-1).start);
    if (n === 0) continue;
    // Pictures at uneven times, as a busy machine draws them.
    const until = starts[n - 1] + 1;
    let opened = null;
    for (; clock.now < until; clock.now += 0.011 + (n % 7) / 1000) {
      player.tick();
      if (opened === null && (mouth.shape.aa ?? 0) >= 0.5) opened = clock.now;
    }
    offsets.push((opened - (starts[n - 1] + (sound ? latency : 0) + 0.5)) * 1000);
  }
  return { offsets, gap: starts.at(-1) - starts[0] - (starts.length - 1), played: played.length };
}"""


@pytest.mark.parametrize(("sound", "latency"), [(True, 0.0), (True, 0.12), (False, 0.0)])
def test_the_mouth_keeps_with_the_sound_for_an_hour(grid: Page, sound: bool, latency: float) -> None:
    found: dict[str, Any] = grid.evaluate(CLOCKS, {"seconds": HOUR_S, "latency": latency, "sound": sound})
    offsets = found["offsets"]
    assert found["played"] == (HOUR_S if sound else 0)
    # Told so much earlier as the mouth takes to follow, so before the sound, never behind it by more than a picture.
    assert max(abs(offset) for offset in offsets) <= 50
    assert abs(sum(offsets[-60:]) / 60 - sum(offsets[:60]) / 60) < 5
    assert abs(found["gap"]) < 0.001
