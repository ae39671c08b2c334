"""The other side of `WorkerParser`: reads jobs from standard input, parses, writes results to standard output.

A process of its own, so that no document can cost the bot more than this process. Never fetches, opens no file of a
document's choice, knows no secret. Started as `python -m bot.adapters.parse_worker SECONDS BYTES`.
"""

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from protego import Protego

from bot.adapters.parse_frames import READY, REQUEST, RESULT, Result
from bot.errors import ParseError
from bot.parsing import parse
from bot.parsing.article import parse_article
from bot.parsing.discovery import discover
from bot.parsing.live import parse_live
from bot.parsing.opml import read_opml, write_opml

TOO_MUCH_MEMORY = "This document needs too much memory to read."


def allows(robots: bytes, url: str, user_agent: str) -> bool:
    """What a robots.txt (RFC 9309) says of an address. Its patterns may take any time, so they are matched here."""
    rules = Protego.parse(robots.decode("utf-8", "replace"))
    return bool(rules.can_fetch(url, user_agent))


JOBS: Mapping[str, Callable[..., Any]] = {
    "parse": parse,
    "parse_live": parse_live,
    "parse_article": parse_article,
    "discover": discover,
    "read_opml": read_opml,
    "write_opml": write_opml,
    "allows": allows,
}


def main() -> None:
    time_limit, memory_limit = float(sys.argv[1]), int(sys.argv[2])
    for number in (signal.SIGINT, signal.SIGTERM):  # Meant for the bot, which ends us by closing our input.
        signal.signal(number, signal.SIG_IGN)
    jobs, results = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    start = _size()
    _limit_memory(start + memory_limit if start else None)
    with suppress(BrokenPipeError):
        results.write(READY)
        results.flush()
        _silence()
        while (request := _next(jobs)) is not None:
            with _killed_after(time_limit):
                result = _done(request)
            # The next document shall find its share of memory, too: a fresh process will have it.
            last = _size() > start + memory_limit // 2
            results.write(RESULT.pack(len(result), last) + result)
            results.flush()
            if last:
                return


def _silence() -> None:
    """What libraries print is neither a result nor for the log: a document can make them print for ever."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _next(jobs: BinaryIO) -> bytes | None:
    """None where the bot has ended."""
    head = jobs.read(REQUEST.size)
    return jobs.read(REQUEST.unpack(head)[0]) if len(head) == REQUEST.size else None


def _done(request: bytes) -> bytes:
    result: Result
    try:
        kind, arguments = pickle.loads(request)  # noqa: S301  # Our parent's.
        result = ("ok", JOBS[kind](*arguments))
    except ParseError as error:
        result = ("unreadable", str(error))
    except MemoryError:
        result = ("unreadable", TOO_MUCH_MEMORY)
    except Exception:  # noqa: BLE001  # Told to the bot, which logs it.
        result = ("fault", traceback.format_exc())
    return pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)


@contextmanager
def _killed_after(seconds: float) -> Iterator[None]:
    """The kernel ends this process after so much processor time, in whatever code it is. (Windows: the parent does.)"""
    timer = getattr(signal, "setitimer", None)
    if timer is None:
        yield
        return
    timer(signal.ITIMER_PROF, seconds)
    yield
    timer(signal.ITIMER_PROF, 0)


def _limit_memory(size: int | None) -> None:
    """In bytes of address space. Where the system tells no size or has no limits, there is none."""
    if size is not None:
        import resource  # Systems that have `_size` have it.

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _size() -> int:
    """The address space in use, in bytes; 0 where only Linux would tell."""
    try:
        pages = Path("/proc/self/statm").read_bytes().split()[0]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
