"""Each benchmark runs to its end with tiny numbers and prints its table. What it measures is nobody's test."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RSS = "<rss version='2.0'><channel><title>A</title><item><guid>1</guid><title>Rain</title></item></channel></rss>"
PATIENCE = 180  # Seconds; a busy machine starts Python slowly.

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="benchmarks read /proc, which only Linux has"
)


def run(script: str, *arguments: str) -> str:
    """What it printed."""
    command = [sys.executable, str(ROOT / "benchmarks" / script), *arguments]
    done = subprocess.run(  # noqa: PLW1510 - the return code is looked at, with what it said.
        command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout


def test_polling_is_compared_with_others() -> None:
    printed = run("polling.py", "--feeds", "6", "--interval", "3", "--others", "2", "--latency", "0")
    for expected in ("Nightdesk", "first reading", "feedparser, in sequence", "feedparser, 20 threads"):
        assert expected in printed
    assert "reader" in printed  # Its rows, or how to get it.


def test_polling_is_measured_after_a_first_reading_that_was_spared() -> None:
    printed = run(
        "polling.py", "--feeds", "20", "--interval", "3", "--others", "0", "--latency", "0", "--primed"
    )
    assert "primed 20 feeds" in printed
    assert "; 0 feeds quarantined" in printed
    assert "first reading" not in printed


def test_live_blogs_are_followed() -> None:
    printed = run("live.py", "--blogs", "2", "--gap", "5", "--seconds", "2")
    assert "CPU for 2 live blogs" in printed


def test_parsing_and_rendering_are_measured(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(RSS, encoding="utf-8")
    printed = run("reading.py", str(tmp_path))
    for expected in ("feedparser as it comes", "in place", "in its worker", "rendering"):
        assert expected in printed


def test_the_way_to_a_thread_is_timed_polled_and_pushed() -> None:
    printed = run("publish_to_thread.py", "--articles", "1", "--interval", "1")
    assert "polled every 1 s" in printed
    assert "pushed (WebSub)" in printed


def test_timers_ring() -> None:
    printed = run("timers.py", "--topics", "1000", "--timers", "100", "--due", "10", "--seconds", "1")
    assert "rung: 10 of 10" in printed
