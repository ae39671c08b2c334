import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.domain import websub
from bot.domain.websub import LONGEST, SHORTEST, Lease, LeaseState, is_signed

NOW = datetime(2026, 1, 26, 9, tzinfo=UTC)
HUB = "https://hub.example/"
TOPIC = "https://gazette.example/feed"
DAY = timedelta(days=1)
WANTED = Lease(
    feed_id=1,
    hub_url=HUB,
    topic_url=TOPIC,
    token="t",
    callback="https://desk.example/t",
    secret="s",
    due_at=NOW,
)


def active(now: datetime = NOW, seconds: int | None = 86_400) -> Lease:
    lease = websub.verified(websub.asking(WANTED, now), "subscribe", TOPIC, seconds, now)
    assert lease is not None
    return lease


def over() -> Lease:
    lease = websub.ended(active(), NOW)
    assert lease is not None
    return lease


def test_a_feed_s_first_hub_is_asked() -> None:
    begun = websub.found(
        None, [HUB, "https://other.example/"], TOPIC, fresh=replace(WANTED, hub_url="", topic_url="")
    )
    assert WANTED == begun


@pytest.mark.parametrize("lease", [WANTED, websub.asking(WANTED, NOW), active()])
def test_a_hub_that_was_asked_is_not_asked_because_the_feed_names_it_again(lease: Lease) -> None:
    assert websub.found(lease, ["https://other.example/", HUB], TOPIC, fresh=WANTED) is None
    assert websub.found(lease, [], TOPIC, fresh=WANTED) is None


def test_another_hub_or_another_name_of_the_feed_begins_anew() -> None:
    fresh = replace(WANTED, token="new")
    assert replace(fresh, hub_url="https://o.example/") == websub.found(
        active(), ["https://o.example/"], TOPIC, fresh=fresh
    )
    assert replace(fresh, topic_url="https://n.example/") == websub.found(
        active(), [HUB], "https://n.example/", fresh=fresh
    )


def test_a_feed_that_is_followed_again_is_asked_for_again() -> None:
    assert WANTED == websub.found(over(), [HUB], TOPIC, fresh=WANTED)


def test_a_hub_that_does_not_answer_is_asked_later_and_later_for_ever() -> None:
    lease, waits = WANTED, []
    for _ in range(15):
        lease = websub.asking(lease, NOW)
        assert lease.due_at is not None
        waits.append(lease.due_at - NOW)
    assert [timedelta(minutes=m) for m in (10, 20, 40)] == waits[:3]
    assert DAY == waits[-1]
    assert LeaseState.ASKED == lease.state


@pytest.mark.parametrize(
    ("mode", "topic"),
    [("unsubscribe", TOPIC), ("subscribe", "https://evil.example/"), ("", TOPIC), ("x", TOPIC)],
)
@pytest.mark.parametrize("lease", [websub.asking(WANTED, NOW), active()])
def test_only_what_was_asked_for_is_confirmed(lease: Lease, mode: str, topic: str) -> None:
    assert websub.verified(lease, mode, topic, 60, NOW) is None


def test_nothing_is_confirmed_before_it_was_asked_for_or_after_it_was_denied() -> None:
    refused = websub.denied(active(), TOPIC, "no", NOW)
    assert refused is not None
    assert websub.verified(WANTED, "subscribe", TOPIC, 60, NOW) is None
    assert websub.verified(refused, "subscribe", TOPIC, 60, NOW) is None


@given(st.none() | st.integers(-(10**12), 10**12))
def test_a_lease_is_renewed_before_it_ends_whatever_the_hub_says(seconds: int | None) -> None:
    lease = active(seconds=seconds)
    assert lease.due_at is not None
    assert lease.lease_until is not None
    assert NOW < lease.due_at < lease.lease_until
    assert SHORTEST <= lease.lease_until - NOW <= LONGEST


def test_a_renewal_keeps_the_lease_and_what_it_has_proven() -> None:
    proven = websub.delivered(active(), NOW)
    assert proven is not None
    renewing = websub.asking(proven, NOW + timedelta(hours=20))
    assert (LeaseState.ACTIVE, NOW, proven.lease_until) == (
        renewing.state,
        renewing.pushed_at,
        renewing.lease_until,
    )
    renewed = websub.verified(renewing, "subscribe", TOPIC, 86_400, NOW + timedelta(hours=20))
    assert renewed is not None
    assert (NOW + timedelta(hours=44), NOW, 0) == (renewed.lease_until, renewed.pushed_at, renewed.attempts)


def test_a_lease_that_ran_out_proves_nothing() -> None:
    proven = websub.delivered(active(), NOW)
    assert proven is not None
    late = websub.asking(proven, NOW + 2 * DAY)
    assert (LeaseState.ASKED, None, None) == (late.state, late.lease_until, late.pushed_at)


def test_a_denial_is_for_our_lease_alone_and_is_asked_about_again_in_a_week() -> None:
    refused = websub.denied(active(), TOPIC, "not you", NOW)
    assert refused is not None
    assert (LeaseState.DENIED, None, NOW + 7 * DAY, "not you") == (
        refused.state,
        refused.lease_until,
        refused.due_at,
        refused.problem,
    )
    assert websub.denied(active(), "https://evil.example/", "not you", NOW) is None
    assert LeaseState.ASKED == websub.asking(refused, NOW + 7 * DAY).state


def test_only_an_active_lease_is_proven_by_deliveries() -> None:
    assert [None, None, None] == [
        websub.delivered(lease, NOW) for lease in (WANTED, websub.asking(WANTED, NOW), over())
    ]


def test_news_that_a_hub_kept_to_itself_ends_the_trust_in_it() -> None:
    proven = websub.delivered(active(), NOW)
    assert proven is not None
    assert active() == websub.missed(proven)
    assert websub.missed(active()) is None


def test_a_farewell_is_confirmed_once_and_given_up_after_three_tries() -> None:
    leaving = websub.asking(over(), NOW)
    assert "unsubscribe" == leaving.mode
    gone = websub.verified(leaving, "unsubscribe", TOPIC, None, NOW)
    assert gone is not None
    assert (LeaseState.OVER, None) == (gone.state, gone.due_at)
    assert websub.verified(leaving, "subscribe", TOPIC, 60, NOW) is None
    assert websub.asking(websub.asking(leaving, NOW), NOW).due_at is None


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512", "SHA256"])
def test_a_body_is_signed_by_any_method_of_the_specification(method: str) -> None:
    digest = hmac.new(b"secret", b"body", getattr(hashlib, method.lower())).hexdigest()
    assert is_signed("secret", f"{method}={digest}", b"body")
    assert is_signed("secret", f"{method}={digest.upper()}", b"body")
    assert not is_signed("secret", f"{method}={digest}", b"Body")
    assert not is_signed("Secret", f"{method}={digest}", b"body")


@given(st.none() | st.text() | st.sampled_from(["sha256=", "md5=", "=", "blake2b=", "sha1=é", "new="]))
def test_nothing_else_signs_a_body(signature: str | None) -> None:
    assert not is_signed("secret", signature, b"body")
