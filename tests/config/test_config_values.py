"""What each setting accepts and refuses."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from bot.config import Settings, load
from bot.errors import ConfigError


def setting(**variables: str) -> Settings:
    return load(
        None, {"NIGHTDESK_DISCORD__TOKEN": "t", **{f"NIGHTDESK_{k}": v for k, v in variables.items()}}
    )


def refusal(**variables: str) -> str:
    with pytest.raises(ConfigError) as caught:
        setting(**variables)
    return str(caught.value).partition(": ")[2]


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("5m", 300), ("1h", 3600), ("24h", 86400), ("45", 45), (" 5 m ", 300)]
)
def test_an_interval_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert timedelta(seconds=seconds) == setting(POLLING__INTERVAL=text).polling.interval


@pytest.mark.parametrize("text", ["0", "0s", "25h", "1441m", "999999999h"])
def test_an_interval_out_of_bounds_is_refused(text: str) -> None:
    assert "must be between 1s and 24h" == refusal(POLLING__INTERVAL=text)


@pytest.mark.parametrize(
    "text", ["-5m", "5d", "5 minutes", "1h30m", "1.5h", "\N{ARABIC-INDIC DIGIT FIVE}m", "9" * 40, "true"]
)
def test_an_interval_of_another_shape_is_refused(text: str) -> None:
    assert 'must be a duration such as "90s", "5m" or "1h"' == refusal(POLLING__INTERVAL=text)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///nightdesk.db", Path("nightdesk.db")),
        ("sqlite:///data/night desk.db", Path("data/night desk.db")),
        ("sqlite:////var/lib/nightdesk.db", Path("/var/lib/nightdesk.db")),
    ],
)
def test_a_database_is_a_file_relative_or_absolute(url: str, path: Path) -> None:
    assert path == setting(DATABASE__URL=url).database.path


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://user:password@host/db", "must begin with sqlite:/// (no other database is supported)"),
        ("sqlite+aiosqlite:///x.db", "must begin with sqlite:/// (no other database is supported)"),
        ("nightdesk.db", "must begin with sqlite:/// (no other database is supported)"),
        ("sqlite://", "must name a file: sqlite:///relative/path or sqlite:////absolute/path"),
        ("sqlite://x.db", "must name a file: sqlite:///relative/path or sqlite:////absolute/path"),
        ("sqlite:///", "must name a file: sqlite:///relative/path or sqlite:////absolute/path"),
        ("sqlite:///:memory:", "must name a file: what is kept in memory does not survive a restart"),
        ("sqlite:///x.db?mode=ro", "takes no options after a question mark"),
    ],
)
def test_another_database_is_refused(url: str, expected: str) -> None:
    assert expected == refusal(DATABASE__URL=url)


@pytest.mark.parametrize(
    "url", ["http://", "https:///x", "//host/x", "javascript:alert(1)", "file:///etc/passwd"]
)
def test_a_feed_is_http_or_https(url: str) -> None:
    text = refusal(FEEDS=f'[{{"url": "{url}", "channel_id": 1}}]')
    assert "must be an address that begins with http:// or https:// (feeds are counted from 0)" == text


@pytest.mark.parametrize("url", ["http://[::1", "http://host:99999999/", "http://host:port/"])
def test_a_feed_with_a_broken_address_is_refused(url: str) -> None:
    text = refusal(FEEDS=f'[{{"url": "{url}", "channel_id": 1}}]')
    assert "is not an address (feeds are counted from 0)" == text


def test_the_same_feed_twice_into_one_channel_is_refused() -> None:
    feed, same = (
        '{"url": "https://Example.org/a", "channel_id": 1}',
        '{"url": "https://example.org/a", "channel_id": "1"}',
    )
    other = '{"url": "https://example.org/a", "channel_id": 2}'
    assert "0 and 2 have the same url and channel_id" == refusal(FEEDS=f"[{feed}, {other}, {same}]")
    assert 2 == len(setting(FEEDS=f"[{feed}, {other}]").feeds)


@pytest.mark.parametrize("feeds", ["[", "nonsense", "[" * 100_000])
def test_feeds_that_are_no_json_are_refused(feeds: str) -> None:
    assert "must be a JSON list" == refusal(FEEDS=feeds)


@pytest.mark.parametrize("channel", ["0", "-1", "9223372036854775808", "1.5", '"general"', "null", "true"])
def test_a_channel_is_an_id(channel: str) -> None:
    assert refusal(FEEDS=f'[{{"url": "https://x.org", "channel_id": {channel}}}]').startswith("must be ")


def feed(**options: object) -> str:
    return json.dumps([{"url": "https://x.org", "channel_id": 1, **options}])


def test_a_feed_has_a_filter_a_name_and_templates() -> None:
    options = {
        "filter": 'ferry  -Category:"World News"',
        "name": " The Gazette ",
        "name_template": "{{ publisher }}: {{ title }}",
        "starter_template": "{{ summary }}",
        "update_template": "{{ time }}",
        "at_most": 5,
        "overflow": "Digest",
        "follow_live": False,
    }
    loaded = setting(FEEDS=feed(**options)).feeds[0]

    assert {
        **options,
        "filter": 'ferry -category:"World News"',
        "name": "The Gazette",
        "overflow": "digest",
    } == {key: getattr(loaded, key) for key in options}


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("filter", "/(/", "`/(/` is not a regular expression that I understand: `missing ): (`"),
        ("filter", "age:soon", "Write the greatest age of entries like this: `age:12h`, `age:2d`, `age:1w`."),
        ("name_template", "{{ x }}", "The template for names, line 1: There is no value `x`. The values are"),
        ("starter_template", "a\n{% for x in y %}", "The template for starters, line 2: "),
        ("update_template", "{{ title|x }}", "The template for updates, line 1: There is no filter `x`."),
        ("name", "x" * 101, "String should have at most 100 characters"),
        ("at_most", 0, "must be greater than or equal to 1"),
        ("at_most", True, "must be a number"),
        ("overflow", "drop", "must be 'delay' or 'digest'"),
        ("follow_live", "perhaps", "must be a valid boolean"),
    ],
)
def test_a_wrong_option_of_a_feed_is_told_with_its_key(key: str, value: object, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        setting(FEEDS=feed(**{key: value}))
    assert str(caught.value).startswith(f"NIGHTDESK_FEEDS.0.{key}: {expected}")


@pytest.mark.parametrize("rate", ["0", "-1", "50.1", "nan", "inf"])
def test_a_rate_is_above_nothing_and_at_most_discords(rate: str) -> None:
    assert refusal(DISCORD__REQUESTS_PER_SECOND=rate).startswith("must be ")


@pytest.mark.parametrize("name", ["A\r\nX: y", "Café", "\x7f"])
def test_a_user_agent_cannot_break_a_header(name: str) -> None:
    assert "must be printable ASCII and not empty" == refusal(POLLING__USER_AGENT=name)


def test_a_trailing_slash_of_the_api_is_dropped() -> None:
    assert (
        "http://127.0.0.1:1/api/v10"
        == setting(DISCORD__API_URL="http://127.0.0.1:1/api/v10/").discord.api_url
    )


def test_the_gateway_is_a_websocket() -> None:
    assert "ws://127.0.0.1:1/gw" == setting(DISCORD__GATEWAY_URL="ws://127.0.0.1:1/gw").discord.gateway_url
    assert "must be an address that begins with ws:// or wss://" == refusal(DISCORD__GATEWAY_URL="http://x")


NAMES = [
    "DISCORD__API_URL",
    "DISCORD__GUILD_IDS",
    "DATABASE__URL",
    "POLLING__INTERVAL",
    "POLLING__USER_AGENT",
    "FEEDS",
]


@given(st.text(st.characters(exclude_characters="\0")), st.sampled_from(NAMES))
def test_any_text_is_accepted_or_refused_by_name(text: str, name: str) -> None:
    lines = []
    try:
        setting(**{name: text})
    except ConfigError as error:
        lines = str(error).split("\n")
    assert [] == [line for line in lines if not line.startswith(f"NIGHTDESK_{name}")]
