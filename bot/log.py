"""One log: structlog's events and the standard library's (discord.py's) in one pipeline to stderr.

Configured once, by the composition root. No line ever holds a secret, and no text of a stranger (a feed, a
member) can forge a line or reach the terminal's controls.
"""

import json
import logging
import re
import sys
from collections.abc import Sequence
from typing import Any, Literal, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

# What moves the cursor, ends a line, turns the direction of writing, or cannot be encoded.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def configure(
    format: Literal["text", "json"],  # noqa: A002  # The setting's own name.
    level: Literal["debug", "info", "warning", "error"],
    secrets: Sequence[str] = (),
    *,
    stream: TextIO | None = None,
) -> None:
    """Replaces what was configured before. Each of `secrets`, and the login in any address, becomes "[secret]"."""
    out = stream or sys.stderr
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *common,
            structlog.stdlib.PositionalArgumentsFormatter(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    rendering = [structlog.processors.JSONRenderer()] if format == "json" else _text(colours=out.isatty())
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=common,
            processors=[
                ProcessorFormatter.remove_processors_meta,
                structlog.processors.StackInfoRenderer(),
                structlog.processors.format_exc_info,
                *rendering,
                _Redactor(secrets),
            ],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)


def _text(*, colours: bool) -> list[Processor]:
    renderer = structlog.dev.ConsoleRenderer(
        colors=colours, repr_native_str=True, exception_formatter=structlog.dev.plain_traceback
    )
    return [_escape, renderer]


def _escape(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The renderer quotes every value but these. Several lines are indented: only an event starts a line."""
    event["event"] = _escaped(str(event["event"]))
    for key in event.keys() & {"exception", "stack"}:
        lines = str(event[key]).split("\n")
        event[key] = "\n".join(f"  {_escaped(line)}" for line in lines)
    return event


def _escaped(text: str) -> str:
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


# What people put before the host of a feed's address to be let in: "https://name:password@host/".
_CREDENTIALS = r"(?<=://)[^\s/?#@\"'<>]{1,200}(?=@)"


class _Redactor:
    """Works on the finished line, so that no value, traceback or library escapes it."""

    def __init__(self, secrets: Sequence[str]) -> None:
        spellings = {spelling for each in secrets if each for spelling in (each, json.dumps(each)[1:-1])}
        # The longest first: one secret may be the beginning of another.
        alternatives = "|".join(re.escape(each) for each in sorted(spellings, key=len, reverse=True))
        self._pattern = re.compile(f"{alternatives}|{_CREDENTIALS}" if alternatives else _CREDENTIALS)

    def __call__(self, _logger: WrappedLogger, _method: str, line: Any) -> str:
        return self._pattern.sub("[secret]", line)
