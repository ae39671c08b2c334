"""Messages in the simulator: sizes, nonces, mentions, history, permissions (resources/message)."""

import io
from contextlib import nullcontext
from typing import Any

import aiohttp
import discord
import pytest
from hypothesis import given, strategies as st
from local_discord import Clock, Connect, Gazette, Rest

from simulator import DiscordError, Permission, Rules, Simulator
from simulator.forms.embeds import read_embeds
from simulator.forms.messages import read_message
from simulator.forms.problems import Problems


async def refused(rest: Rest, gazette: Gazette, body: Any) -> Any:
    status, answer = await rest("POST", f"/channels/{gazette.text.id}/messages", body)
    assert status >= 400
    return answer


def at(errors: Any, path: str) -> str:
    """The code of the first nested error at a path."""
    for part in path.split("."):
        errors = errors[part]
    return str(errors["_errors"][0]["code"])


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"content": "x" * 2001}, "content", "BASE_TYPE_MAX_LENGTH"),
        ({"content": "x", "nonce": "n" * 26}, "nonce", "NONCE_TYPE_TOO_LONG"),
        ({"embeds": [{"title": "x"}] * 11}, "embeds", "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title", "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description", "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 3001}] * 2}, "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{"url": "javascript:alert(1)"}]}, "embeds.0.url", "URL_TYPE_INVALID_SCHEME"),
        ({"embeds": [{"image": {"url": "/rain.jpg"}}]}, "embeds.0.image.url", "URL_TYPE_INVALID_URL"),
        ({"embeds": [{"footer": {"text": "x" * 2049}}]}, "embeds.0.footer.text", "BASE_TYPE_BAD_LENGTH"),
        ({"embeds": [{"author": {"name": "x" * 257}}]}, "embeds.0.author.name", "BASE_TYPE_BAD_LENGTH"),
        ({"embeds": [{"fields": [{"name": "", "value": "x"}]}]}, "embeds.0.fields.0.name", "BASE_TYPE_BAD_LENGTH"),
        ({"embeds": [{"fields": [{"name": "a", "value": "b"}] * 26}]}, "embeds.0.fields", "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"timestamp": "soon"}]}, "embeds.0.timestamp", "DATE_TIME_TYPE_PARSE"),
        ({"content": "x", "components": [{"type": 2}]}, "components.0.type", "BASE_TYPE_CHOICES"),
        ({"content": "x", "message_reference": {"message_id": "1"}}, "message_reference",
         "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"),
        ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "allowed_mentions",
         "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"),
        ({"content": "x", "flags": 1 << 15}, "content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
    ],
)  # fmt: skip
async def test_a_message_beyond_discords_sizes_is_refused(
    rest: Rest, gazette: Gazette, body: Any, path: str, code: str
) -> None:
    answer = await refused(rest, gazette, body)
    assert (50035, code) == (answer["code"], at(answer["errors"], path))


def button(**more: Any) -> dict[str, Any]:
    return {"type": 1, "components": [{"type": 2, "style": 2, "label": "Follow", "custom_id": "a"} | more]}


@pytest.mark.parametrize(
    ("rows", "path", "code"),
    [
        ([button(label="x" * 81)], "components.0.components.0.label", "BASE_TYPE_MAX_LENGTH"),
        ([button(custom_id="x" * 101)], "components.0.components.0.custom_id", "BASE_TYPE_BAD_LENGTH"),
        ([button(label=None)], "components.0.components.0", "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED"),
        ([button(style=5)], "components.0.components.0.url", "BASE_TYPE_REQUIRED"),
        ([button(), button()], "components", "COMPONENT_CUSTOM_ID_DUPLICATED"),
        ([{"type": 1, "components": []}], "components.0.components", "BASE_TYPE_BAD_LENGTH"),
        ([button(custom_id=str(each)) for each in range(6)], "components", "BASE_TYPE_MAX_LENGTH"),
    ],
)
async def test_components_beyond_discords_rules_are_refused(
    rest: Rest, gazette: Gazette, rows: Any, path: str, code: str
) -> None:
    answer = await refused(rest, gazette, {"content": "x", "components": rows})
    assert (50035, code) == (answer["code"], at(answer["errors"], path))


@pytest.mark.parametrize("content", ["", "  \n "])
async def test_an_empty_message_answers_50006(rest: Rest, gazette: Gazette, content: str) -> None:
    answer = await refused(rest, gazette, {"content": content})
    assert (50006, "Cannot send an empty message") == (answer["code"], answer["message"])


@given(st.text(min_size=1, max_size=2000).filter(str.strip))
def test_any_text_within_the_limit_is_kept_without_its_margins(text: str) -> None:
    assert text.strip() == read_message({"content": text}).content


@given(st.lists(st.text(max_size=4096), max_size=12))
def test_embeds_are_refused_exactly_when_too_many_or_too_long_together(texts: list[str]) -> None:
    problems = Problems()
    fits = len(texts) <= 10 and sum(len(each.strip()) for each in texts) <= 6000
    with nullcontext() if fits else pytest.raises(DiscordError):
        read_embeds([{"description": each} for each in texts], problems)
        problems.refuse_if_any()


async def test_the_same_nonce_gives_the_same_message(rest: Rest, gazette: Gazette) -> None:
    body = {"content": "Rain", "nonce": "rain-1", "enforce_nonce": True}
    path = f"/channels/{gazette.text.id}/messages"
    assert (await rest("POST", path, body))[1]["id"] == (await rest("POST", path, body))[1]["id"]
    assert 1 == len(gazette.alice.messages(gazette.text))


async def test_a_nonce_that_is_not_enforced_repeats_the_message(rest: Rest, gazette: Gazette) -> None:
    for _ in range(2):
        await rest("POST", f"/channels/{gazette.text.id}/messages", {"content": "Rain", "nonce": "rain-1"})
    assert 2 == len(gazette.alice.messages(gazette.text))


async def test_a_nonce_is_forgotten_after_some_minutes(clock: Clock) -> None:
    async with (
        Simulator(clock=clock, rules=Rules(nonce_memory=300)) as sim,
        aiohttp.ClientSession() as session,
    ):
        gazette, rest = Gazette(sim), Rest(sim, session)
        body = {"content": "Rain", "nonce": "rain-1", "enforce_nonce": True}
        await rest("POST", f"/channels/{gazette.text.id}/messages", body)
        clock.advance(301)
        await rest("POST", f"/channels/{gazette.text.id}/messages", body)
        assert 2 == len(gazette.alice.messages(gazette.text))


async def test_history_pages_before_after_and_around(rest: Rest, gazette: Gazette) -> None:
    ids = [(await gazette.alice.post(gazette.text, str(number))).id for number in range(7)]

    async def page(query: str) -> list[int]:
        _, answer = await rest("GET", f"/channels/{gazette.text.id}/messages?{query}")
        return [ids.index(each["id"]) for each in answer]

    assert [6, 5] == await page("limit=2")
    assert [2, 1] == await page(f"limit=2&before={ids[3]}")
    assert [5, 4] == await page(f"limit=2&after={ids[3]}")
    assert [4, 3, 2] == await page(f"limit=3&around={ids[3]}")
    assert [] == await page(f"after={ids[6]}")


async def test_an_unknown_message_answers_10008(rest: Rest, gazette: Gazette) -> None:
    status, answer = await rest("GET", f"/channels/{gazette.text.id}/messages/1")
    assert (404, 10008) == (status, answer["code"])


async def test_an_unknown_channel_answers_10003(rest: Rest) -> None:
    status, answer = await rest("GET", "/channels/1")
    assert (404, 10003) == (status, answer["code"])


async def test_a_hidden_channel_answers_50001(rest: Rest, gazette: Gazette) -> None:
    await gazette.guild.owner.set_overwrite(
        gazette.text, gazette.guild.bot_role, deny=Permission.VIEW_CHANNEL
    )
    status, answer = await rest("POST", f"/channels/{gazette.text.id}/messages", {"content": "Rain"})
    assert (403, 50001, "Missing Access") == (status, answer["code"], answer["message"])


async def test_a_missing_permission_answers_50013(rest: Rest, gazette: Gazette) -> None:
    await gazette.guild.owner.set_overwrite(
        gazette.text, gazette.guild.bot_role, deny=Permission.SEND_MESSAGES
    )
    status, answer = await rest("POST", f"/channels/{gazette.text.id}/messages", {"content": "Rain"})
    assert (403, 50013, "Missing Permissions") == (status, answer["code"], answer["message"])


async def test_another_persons_message_cannot_be_edited(rest: Rest, gazette: Gazette) -> None:
    theirs = await gazette.alice.post(gazette.text, "Mine")
    path = f"/channels/{gazette.text.id}/messages/{theirs.id}"
    status, answer = await rest("PATCH", path, {"content": "Yours"})
    assert (403, 50005) == (status, answer["code"])


async def test_a_reply_without_history_permission_answers_160002(rest: Rest, gazette: Gazette) -> None:
    theirs = await gazette.alice.post(gazette.text, "Hello")
    history = Permission.READ_MESSAGE_HISTORY
    await gazette.guild.owner.set_overwrite(gazette.text, gazette.guild.bot_role, deny=history)
    body = {"content": "Hello", "message_reference": {"message_id": theirs.id}}
    assert 160002 == (await refused(rest, gazette, body))["code"]


async def test_only_announcements_are_crossposted_and_only_once(rest: Rest, gazette: Gazette) -> None:
    for channel, codes in ((gazette.text, [50024, 50024]), (gazette.announcements, [None, 40033])):
        _, message = await rest("POST", f"/channels/{channel.id}/messages", {"content": "News"})
        path = f"/channels/{channel.id}/messages/{message['id']}/crosspost"
        assert codes == [(await rest("POST", path))[1].get("code") for _ in range(2)]


@pytest.mark.parametrize(
    ("allowed", "pinged"),
    [(None, True), ({"parse": []}, False), ({"parse": ["users"]}, True), ({"users": []}, False)],
)
async def test_a_message_pings_whom_it_may(
    rest: Rest, gazette: Gazette, allowed: Any, *, pinged: bool
) -> None:
    body = {"content": f"<@{gazette.alice.id}>"} | ({} if allowed is None else {"allowed_mentions": allowed})
    _, message = await rest("POST", f"/channels/{gazette.text.id}/messages", body)
    assert [gazette.alice.id] * pinged == [each["id"] for each in message["mentions"]]


async def test_everyone_is_pinged_only_with_the_permission(gazette: Gazette) -> None:
    by_member = await gazette.alice.post(gazette.text, "@everyone")
    by_moderator = await gazette.maria.post(gazette.text, "@everyone")
    assert (False, True) == (by_member.mention_everyone, by_moderator.mention_everyone)


async def test_slow_mode_holds_members_back_but_not_moderators(clock: Clock) -> None:
    gazette = Gazette(Simulator(clock=clock))
    gazette.text.rate_limit_per_user = 10
    for person in (gazette.alice, gazette.maria):
        await person.post(gazette.text, "One")
    with pytest.raises(DiscordError) as error:
        await gazette.alice.post(gazette.text, "Two")
    await gazette.maria.post(gazette.text, "Two")
    clock.advance(10)
    await gazette.alice.post(gazette.text, "Two")
    assert 20016 == error.value.code


async def test_files_are_kept_and_served(sim: Simulator, gazette: Gazette, connect: Connect) -> None:
    bot = await connect(sim)
    gazette.guild.set_bot_permissions(Permission.ADMINISTRATOR)
    channel = bot.get_channel(int(gazette.text.id))
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send("See", file=discord.File(io.BytesIO(b"rain"), "rain.txt"))
    async with aiohttp.ClientSession() as session, session.get(sent.attachments[0].url) as response:
        assert b"rain" == await response.read()


async def test_without_the_message_content_intent_texts_of_others_are_empty() -> None:
    async with (
        Simulator(limits=False, rules=Rules(message_content=False)) as sim,
        aiohttp.ClientSession() as session,
    ):
        gazette, rest = Gazette(sim), Rest(sim, session)
        await gazette.alice.post(gazette.text, "Secret")
        await gazette.alice.post(gazette.text, f"<@{sim.world.application.id}> hello")
        await rest("POST", f"/channels/{gazette.text.id}/messages", {"content": "Mine"})
        _, found = await rest("GET", f"/channels/{gazette.text.id}/messages")
        assert ["Mine", f"<@{sim.world.application.id}> hello", ""] == [each["content"] for each in found]
