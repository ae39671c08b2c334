"""Settings of a policy: what people type, what is stored, what holds."""

from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from bot.domain.policies import SETTINGS, Activity, OnNecro, Policy, canonical, effective, shown
from bot.errors import RefusedError


@pytest.mark.parametrize(
    ("setting", "typed", "stored"),
    [
        ("idle", " 2 days ", "2d"),
        ("idle", "never", "off"),
        ("warn_before", "OFF", "off"),
        ("activity", "Non-Author", "non-author"),
        ("on_source_closed", "after grace", "after grace"),
        ("reasons", "Solved;  off   topic ;Solved;", "Solved; off topic"),
        ("require_reason", "Yes", "yes"),
        ("locale", "PT-br", "pt-BR"),
        ("zone", "europe/berlin", "Europe/Berlin"),
        ("hours", "mon, tue 9am-6pm", "mon-tue 09:00-18:00"),
        ("notice", "  Closed.\n Thanks! ", "Closed. Thanks!"),
        ("staff_channel_id", "42", "42"),
    ],
)
def test_a_setting_is_stored_in_one_spelling(setting: str, typed: str, stored: str) -> None:
    assert stored == canonical(setting, typed)


@pytest.mark.parametrize(
    ("setting", "typed"),
    [
        ("idle", "soon"),
        ("necro_after", "off"),
        ("activity", "bots"),
        ("archive", "maybe"),
        ("locale", "tlh"),
        ("zone", "Mars/Olympus"),
        ("hours", "on sundays"),
        ("notice", "x" * 501),
        ("reasons", ";".join(map(str, range(26)))),
        ("reasons", "x" * 101),
        ("staff_channel_id", "general"),
        ("colour", "red"),
    ],
)
def test_what_is_not_understood_is_refused(setting: str, typed: str) -> None:
    with pytest.raises(RefusedError):
        canonical(setting, typed)


def test_a_channel_overrides_its_guild_setting_by_setting() -> None:
    guild = {"idle": "2d", "activity": "staff"}
    policy = effective(100, guild, {"idle": "off", "on_necro": "close"})
    assert (None, Activity.STAFF, OnNecro.CLOSE) == (policy.idle, policy.activity, policy.on_necro)
    assert {"idle": 100, "activity": 0, "on_necro": 100} == policy.origins


def test_what_nobody_set_has_its_default() -> None:
    assert Policy() == effective(100, {}, {})


def test_a_row_that_cannot_be_read_counts_as_not_set() -> None:
    policy = effective(100, {"idle": "2d", "colour": "red"}, {"idle": "soon"})
    assert (timedelta(days=2), {"idle": 0}) == (policy.idle, policy.origins)


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_default_is_shown_as_it_can_be_typed(setting: str) -> None:
    text = shown(Policy(), setting)
    assert text == canonical(setting, text)


@given(typed=st.text(max_size=120), setting=st.sampled_from(SETTINGS))
def test_whatever_is_typed_is_refused_or_stored_once_and_for_all(typed: str, setting: str) -> None:
    try:
        stored = canonical(setting, typed)
    except RefusedError:
        return
    assert stored == canonical(setting, stored)
    assert stored == shown(effective(1, {setting: stored}, {}), setting)
