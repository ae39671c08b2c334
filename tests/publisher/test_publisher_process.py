"""The paper as a program of its own."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from urllib.request import urlopen

import pytest

COMMAND = [sys.executable, "-m", "simulator.publisher", "--port", "0", "--ready-json"]


@pytest.fixture
def paper() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*COMMAND, "--stay-with-parent"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def _ready(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout
    ready: dict[str, str] = json.loads(process.stdout.readline())
    return ready


def test_it_says_where_it_is_when_it_is_ready(paper: subprocess.Popen[str]) -> None:
    ready = _ready(paper)
    assert {"url", "feed_url", "live_url"} == ready.keys()
    with urlopen(ready["feed_url"], timeout=10) as answer:  # noqa: S310 - our own server
        assert b"The Harbour Gazette" in answer.read()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_in_good_order(paper: subprocess.Popen[str], number: signal.Signals) -> None:
    _ready(paper)
    paper.send_signal(number)
    assert 0 == paper.wait(10)


def test_it_stops_when_its_parent_is_gone(paper: subprocess.Popen[str]) -> None:
    _ready(paper)
    assert paper.stdin
    paper.stdin.close()
    assert 0 == paper.wait(10)
