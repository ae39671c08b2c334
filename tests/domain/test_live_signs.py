from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.entries import Entry
from bot.domain.live import LiveReading
from bot.domain.live_signs import Sign, Signs, live_candidate, look, miss, still_told, told_by

NOW = datetime(2026, 1, 26, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PAGE = LiveReading(url="https://gazette.example/live", title="Storm live: winds rise")


def seen(*readings: LiveReading, newest: Entry | None = None, grew: bool = False) -> Signs:
    """The signs after these readings, a minute apart."""
    signs = Signs()
    for number, reading in enumerate(readings):
        signs = look(signs, reading, newest, NOW + number * MINUTE, grew=grew)
    return signs


@pytest.mark.parametrize(
    "url",
    [
        "https://www.theguardian.com/world/live/2026/jan/26/storm",
        "https://edition.cnn.com/world/live-news/storm-01-26/index.html",
        "https://www.aljazeera.com/news/liveblog/2026/1/26/storm",
        "https://www.dw.com/en/storm-hits-the-coast/live-75001234",
        "https://www.tagesschau.de/newsticker/liveblog-sturm-209.html",
        "https://www.bbc.com/news/live/c0abc",
        "https://gazette.example/storm-live-updates",
    ],
)
def test_addresses_of_live_blogs_are_worth_a_look(url: str) -> None:
    assert url == live_candidate(Entry(link=url, title="Storm"))


@pytest.mark.parametrize(
    "title",
    [
        "Storm \u2013 live",
        "Storm live: winds rise",
        "LIVE: storm hits",
        "Storm LIVE updates",
        "Live updates: storm hits",
    ],
)
def test_titles_of_live_blogs_are_worth_a_look(title: str) -> None:
    assert live_candidate(Entry(link="https://gazette.example/storm", title=title))


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("Storm \u2013 as it happened", "https://www.theguardian.com/world/live/2026/jan/26/storm"),
        ("Watch live: the launch", "https://gazette.example/launch"),
        ("Launch", "https://www.youtube.com/live/abc"),
        ("Launch", "https://gazette.example/video/live/launch"),
        ("How to live well", "https://gazette.example/lifestyle/live-well"),
        ("Where we live: homes", "https://gazette.example/homes"),
        ("Live well, drink well", "https://gazette.example/juice"),
        ("Olive: a history", "https://gazette.example/olive"),
        ("Storm live", None),
        ("Storm live", "ftp://gazette.example/live/storm"),
    ],
)
def test_everything_else_is_not(title: str, url: str | None) -> None:
    assert live_candidate(Entry(link=url, title=title)) is None


def test_a_page_that_goes_on_tells_of_no_end() -> None:
    assert told_by(seen(PAGE), NOW, NOW + timedelta(hours=7)) is None


@pytest.mark.parametrize(
    ("sign", "reading"),
    [
        (Sign.FLAG, replace(PAGE, is_live=False)),
        (Sign.SENTENCE, replace(PAGE, standfirst="<p>This live blog is now closed.</p>")),
        (Sign.TITLE, replace(PAGE, title="Storm - as it happened")),
        (Sign.TITLE, replace(PAGE, title="Storm updates: winds rise")),
    ],
)
def test_plain_signs_tell_at_once(sign: Sign, reading: LiveReading) -> None:
    signs = seen(PAGE, reading)
    assert sign is told_by(signs, NOW + MINUTE, NOW + MINUTE)
    assert still_told(signs)


def test_a_title_that_always_spoke_of_updates_tells_nothing() -> None:
    page = replace(PAGE, title="Storm updates: winds rise")
    assert told_by(seen(page, page), NOW, NOW + MINUTE) is None


def test_the_newest_update_tells_of_the_end() -> None:
    newest = Entry(body="<p>The live blog is now closed.</p>")
    assert Sign.SENTENCE is told_by(seen(PAGE, newest=newest), NOW, NOW)


def test_a_goodbye_tells_after_30_minutes_without_news() -> None:
    signs = seen(PAGE, newest=Entry(body="<p>It's goodbye from us.</p>"))
    assert told_by(signs, NOW, NOW + 29 * MINUTE) is None
    assert told_by(signs, NOW + 10 * MINUTE, NOW + 39 * MINUTE) is None
    assert Sign.GOODBYE is told_by(signs, NOW, NOW + 30 * MINUTE)
    assert not still_told(signs)


def test_an_end_that_was_always_there_tells_nothing() -> None:
    page = replace(PAGE, coverage_end=NOW - MINUTE)
    assert told_by(seen(page, page), NOW, NOW + timedelta(hours=5)) is None


def test_an_end_that_appears_tells_after_30_quiet_minutes() -> None:
    signs = seen(PAGE, replace(PAGE, coverage_end=NOW))
    assert told_by(signs, NOW, NOW + 20 * MINUTE) is None
    assert Sign.END is told_by(signs, NOW, NOW + 32 * MINUTE)


@pytest.mark.parametrize("end", [NOW + timedelta(days=1), None])
def test_an_end_to_come_tells_nothing(end: datetime | None) -> None:
    signs = seen(PAGE, replace(PAGE, coverage_end=end))
    assert told_by(signs, NOW, NOW + timedelta(hours=5)) is None


def test_an_end_that_news_followed_never_tells_again() -> None:
    ended = replace(PAGE, coverage_end=NOW)
    signs = look(seen(PAGE, ended), ended, None, NOW + 2 * MINUTE, grew=True)
    assert told_by(signs, NOW, NOW + timedelta(hours=5)) is None


def test_a_page_that_was_missed_three_times_tells_after_30_minutes() -> None:
    signs = seen(PAGE)
    for number in range(3):
        signs = miss(signs, Sign.GONE, NOW + number * 10 * MINUTE)
    assert told_by(signs, NOW, NOW + 29 * MINUTE) is None
    assert Sign.GONE is told_by(signs, NOW, NOW + 30 * MINUTE)
    assert told_by(look(signs, PAGE, None, NOW, grew=False), NOW, NOW + timedelta(hours=5)) is None


def test_silence_tells_after_eight_hours() -> None:
    assert Sign.SILENCE is told_by(seen(PAGE), NOW, NOW + timedelta(hours=8))
