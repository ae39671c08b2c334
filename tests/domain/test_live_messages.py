from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, strategies as st

from bot.domain.entries import Entry
from bot.domain.live_messages import MOST_EMBEDS, ShownUpdate, Words, batches, message_of
from bot.domain.live_recaps import Place, day_of, day_recap, of_day, recap
from bot.domain.messages import Button, Embed, Message
from bot.domain.rendering import DESCRIPTION_LIMIT, EMBED_LIMIT
from bot.domain.templates import Templates
from bot.domain.text import units

START = datetime(2026, 1, 26, 9, 0, tzinfo=UTC)
WORDS = Words(
    withdrawn="Withdrawn.",
    earlier=lambda link: f"Earlier: {link}",
    recap=lambda day: f"Recap of {day}:",
    day_recap=lambda day: f"Day {day}:",
    more=lambda count: f"{count} more",
    successor=lambda link: f"Goes on: {link}",
)
PLACE = Place(guild_id=1, thread_id=2, zone="UTC")
USUAL = Message(
    embeds=(Embed(title="Storm live", description="What we know.", footer="The Gazette"),),
    buttons=(Button(label="Follow", custom_id="nightdesk:follow:7"),),
)


def update(
    number: int, text: str = "text", *, title: str | None = None, minutes: float | None = None
) -> ShownUpdate:
    at = START + timedelta(minutes=number * 10 if minutes is None else minutes)
    return ShownUpdate(
        update_id=number + 1,
        entry=Entry(
            title=f"Update {number}" if title is None else title, body=f"<p>{text}</p>", published_at=at
        ),
        at=at,
        message_id=1000 + number,
    )


def size(message: Message) -> int:
    return sum(units(t) for e in message.embeds for t in (e.title, e.description, e.author, e.footer))


def sizes(updates: Sequence[ShownUpdate]) -> list[int]:
    return [len(batch) for batch, _ in batches(updates, Templates(), WORDS)]


def test_updates_that_lie_apart_stand_alone() -> None:
    assert [1, 1, 1] == sizes([update(n) for n in range(3)])


def test_updates_within_a_minute_of_the_first_stand_together() -> None:
    assert [2, 1] == sizes([update(n, minutes=n * 0.6) for n in range(3)])


def test_many_at_once_stand_together_ten_at_most() -> None:
    assert [10, 10, 3] == sizes([update(n) for n in range(23)])


def test_long_updates_that_do_not_fit_together_stand_apart() -> None:
    long = "many words of it " * 200
    assert all(
        size(message) <= EMBED_LIMIT
        for _, message in batches([update(n, long) for n in range(9)], Templates(), WORDS)
    )


def test_a_withdrawn_update_is_struck_without_its_text() -> None:
    [embed] = message_of([replace(update(1), withdrawn=True)], Templates(), WORDS).embeds
    assert ("~~Update 1~~", "*Withdrawn.*") == (embed.title, embed.description)


def test_updates_that_grow_are_cut_where_they_stand() -> None:
    grown = [update(n, "many more words " * 400) for n in range(10)]
    message = message_of(grown, Templates(), WORDS, "Earlier")
    assert size(message) <= EMBED_LIMIT
    assert [f"Update {n}" for n in range(10)] == [embed.title for embed in message.embeds]
    assert "Earlier" == message.content


def test_a_template_that_says_too_much_leaves_the_headlines() -> None:
    shouting = Templates(update="word " * 150 + "{{ title }}")
    message = message_of([update(n) for n in range(10)], shouting, WORDS)
    assert size(message) <= EMBED_LIMIT
    assert 10 == len(message.embeds)


TEXTS = st.text(st.sampled_from("ab *_~`|<>[]()#@\n&;:/.é🔥 "), max_size=400)


@given(st.lists(st.tuples(TEXTS, TEXTS, st.integers(1, 40), st.booleans()), min_size=1, max_size=30))
def test_whatever_the_updates_say_discord_takes_the_messages_and_the_order_stays(
    given_updates: list[tuple[str, str, int, bool]],
) -> None:
    updates = [
        replace(update(number, text * times, title=title), withdrawn=withdrawn)
        for number, (title, text, times, withdrawn) in enumerate(given_updates)
    ]
    found = batches(updates, Templates(), WORDS)
    assert [u.update_id for batch, _ in found for u in batch] == [u.update_id for u in updates]
    for batch, message in found:
        assert len(batch) == len(message.embeds) <= MOST_EMBEDS
        assert size(message) <= EMBED_LIMIT
        assert all(embed.title or embed.description or embed.image_url for embed in message.embeds)
        assert all(units(embed.title) <= 256 for embed in message.embeds)


def test_a_recap_links_to_each_update_of_the_last_day() -> None:
    told = recap(USUAL, [update(0), update(1)], PLACE, WORDS, None)
    at = int(START.timestamp())
    assert (
        "*Recap of 2026-01-26:*\n"
        f"<t:{at}:t> [Update 0](https://discord.com/channels/1/2/1000)\n"
        f"<t:{at + 600}:t> [Update 1](https://discord.com/channels/1/2/1001)"
    ) == told.embeds[0].description
    assert (USUAL.buttons, "Storm live") == (told.buttons, told.embeds[0].title)


def test_a_recap_leads_to_where_it_goes_on() -> None:
    told = recap(USUAL, [update(0)], PLACE, WORDS, "https://gazette.example/two")
    assert told.embeds[0].description.endswith("\nGoes on: https://gazette.example/two")


def test_a_recap_links_to_nothing_that_does_not_stand() -> None:
    absent = [replace(update(0), message_id=None), replace(update(1), withdrawn=True)]
    assert USUAL == recap(USUAL, absent, PLACE, WORDS, None)


def test_a_title_that_holds_an_address_is_still_a_link() -> None:
    told = recap(USUAL, [update(0, title="See https://x.example [now]")], PLACE, WORDS, None)
    assert "[See https x.example \\[now\\]](https://discord.com" in told.embeds[0].description


def test_a_day_is_that_of_the_zone() -> None:
    late = datetime(2026, 1, 26, 23, 30, tzinfo=UTC)
    assert (date(2026, 1, 26), date(2026, 1, 27)) == (day_of(late, "UTC"), day_of(late, "Europe/Berlin"))
    assert [] == of_day([update(0)], date(2026, 1, 25), "UTC")


@given(st.lists(TEXTS, min_size=1, max_size=300))
def test_a_recap_of_any_day_fits_and_has_its_first_and_last(titles: list[str]) -> None:
    updates = [update(n, title=title, minutes=n) for n, title in enumerate(titles)]
    for told in (
        recap(USUAL, updates, PLACE, WORDS, None),
        day_recap(updates, date(2026, 1, 26), PLACE, WORDS),
    ):
        text = told.embeds[0].description
        assert units(text) <= DESCRIPTION_LIMIT
        assert size(told) <= EMBED_LIMIT
        assert "/1000)" in text
        assert f"/{1000 + len(titles) - 1})" in text
