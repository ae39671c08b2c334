"""The log keeps secrets, cannot be forged, and is one pipeline for all libraries."""

import json
import logging
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any, Literal

import pytest
import structlog
from hypothesis import HealthCheck, given, settings, strategies as st

from bot import log

SECRET = "MTk4NjIyNDgz.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Logging is one per process: what was there before comes back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def text(stream: StringIO | None = None) -> StringIO:
    out = stream or StringIO()
    log.configure("text", "info", [SECRET], stream=out)
    return out


def as_json(level: Any = "info") -> StringIO:
    out = StringIO()
    log.configure("json", level, [SECRET], stream=out)
    return out


def objects(out: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def fail(message: str) -> None:
    raise ValueError(message)


def test_json_is_one_object_a_line_with_exceptions_in_it() -> None:
    out = as_json()
    try:
        fail("first\nsecond")
    except ValueError:
        structlog.get_logger("nightdesk.polling").exception("Feed %s failed", "a", feed=3)
    (line,) = objects(out)
    exception = line.pop("exception")
    at = datetime.fromisoformat(line.pop("timestamp"))
    assert {
        "event": "Feed a failed",
        "feed": 3,
        "level": "error",
        "logger": "nightdesk.polling",
    } == line
    assert exception.endswith("ValueError: first\nsecond")
    assert timedelta(0) == at.utcoffset()
    assert timedelta(minutes=1) > abs(datetime.now(UTC) - at)


def test_records_of_the_standard_library_look_the_same() -> None:
    out = as_json()
    logging.getLogger("discord.gateway").info("Shard %s connected", 0)
    try:
        fail("broken")
    except ValueError:
        logging.getLogger("discord.client").exception("Ignoring")
    connected, ignoring = objects(out)
    del connected["timestamp"]
    assert {"event": "Shard 0 connected", "level": "info", "logger": "discord.gateway"} == connected
    assert ignoring["exception"].endswith("ValueError: broken")


def test_warnings_arrive_in_the_log() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        out = as_json()
        warnings.warn("old", UserWarning, stacklevel=1)
    assert "UserWarning: old" in objects(out)[0]["event"]


@pytest.mark.parametrize(("level", "shown"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_only_what_is_important_enough_is_shown(level: str, shown: int) -> None:
    out = as_json(level)
    for logger in (structlog.get_logger("a"), logging.getLogger("b")):
        for method in (logger.debug, logger.info, logger.warning, logger.error):
            method("x")
    assert 2 * shown == len(objects(out))


@pytest.mark.parametrize("configure", [text, as_json])
def test_a_secret_never_appears(configure: Any) -> None:
    out = configure()
    logger = structlog.get_logger("x")
    logger.info("in the event %s", SECRET, value=SECRET, nested={"a": [f"Bot {SECRET}"]})
    logger.bind(**{SECRET: 1}).warning("as a key")
    logging.getLogger("discord.http").warning("with %s and %r", SECRET, SECRET)
    try:
        fail(SECRET)
    except ValueError:
        logger.exception("in an exception")
        logging.getLogger("discord").exception("in an exception")
    assert SECRET not in out.getvalue()
    assert 8 == out.getvalue().count("[secret]")


@pytest.mark.parametrize("format", ["text", "json"])
def test_the_login_in_an_address_is_a_secret(format: Literal["text", "json"]) -> None:  # noqa: A002
    out = StringIO()
    log.configure(format, "info", ["other"], stream=out)
    logging.getLogger("x").info("feed %s: no", "https://ann:pa55@gazette.example/feed?by=a@b")
    assert "https://[secret]@gazette.example/feed?by=a@b" in out.getvalue()


def test_a_secret_that_json_escapes_is_found_all_the_same() -> None:
    out = StringIO()
    log.configure("json", "info", ['pass"wörd', "", "pass"], stream=out)
    structlog.get_logger().info('x pass"wörd y')
    assert "x [secret] y" == objects(out)[0]["event"]


def test_text_has_no_colours_where_no_terminal_is() -> None:
    out = text()
    structlog.get_logger("x").error("hello", n=1)
    assert "\x1b" not in out.getvalue()
    terminal = text(Terminal())
    structlog.get_logger("x").error("hello", n=1)
    assert "\x1b[" in terminal.getvalue()


def test_text_reads_well() -> None:
    out = text()
    structlog.get_logger("nightdesk").info("Topic created", feed="https://example.org/", entries=2)
    stamp, rest = out.getvalue().split(" ", 1)
    assert stamp.endswith("Z")
    assert (
        "[info     ] Topic created                  [nightdesk] entries=2 feed='https://example.org/'\n"
        == rest
    )


HOSTILE = "x\n2025-01-01T00:00:00Z [error    ] forged\x1b[2J\u202e\u2028\r\x00"


def test_a_strangers_text_cannot_forge_a_line_or_reach_the_terminal() -> None:
    out = text()
    structlog.get_logger("x").info(HOSTILE, title=HOSTILE, deep=[HOSTILE])
    logging.getLogger("discord").warning("%s", HOSTILE)
    assert 2 == len(out.getvalue().splitlines())
    assert [] == [each for each in out.getvalue() if not each.isprintable() and each != "\n"]


def test_an_exceptions_text_cannot_forge_a_line() -> None:
    out = text()
    try:
        fail(HOSTILE)
    except ValueError:
        structlog.get_logger("x").exception("failed")
    first, *others = out.getvalue().rstrip("\n").split("\n")
    assert "failed" in first
    assert [] == [line for line in others if not line.startswith("  ")]
    assert [] == [each for each in out.getvalue() if not each.isprintable() and each != "\n"]


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_one_line(event: str) -> None:
    out = text()
    structlog.get_logger("x").info("%s", event, value=event)
    assert out.getvalue().endswith("\n")
    assert 1 == len(out.getvalue().splitlines())
