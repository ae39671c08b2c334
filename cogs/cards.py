"""What a person is shown about a topic. Texts of feeds and people are shown as they are, never interpreted."""

import discord
from discord.utils import escape_markdown, format_dt

from bot.domain.cases import Case
from bot.domain.topics import State, Verb
from bot.ports import TopicCard

_STATES = {
    State.OPEN: "Open",
    State.CLOSED: "Closed to further replies",
    State.PENDING: "Not posted yet",
    State.GONE: "Gone: its thread was deleted",
}
_DEEDS = {Verb.CLOSE: "Closed", Verb.REOPEN: "Reopened"}


def topic_card(card: TopicCard) -> discord.Embed:
    """The answer of `/topic info`."""
    embed = discord.Embed(title=escape_markdown(card.topic.name)[:256])
    state = _STATES[card.topic.state] + (" (archived)" if card.topic.archived else "")
    embed.add_field(name="State", value=state, inline=False)
    if card.case is not None:
        _add_case(embed, card.case)
    if card.feed_url is not None:
        _add_origin(embed, card)
    else:
        embed.add_field(name="Origin", value="Made by people, not from a feed", inline=False)
    if card.problem:
        embed.add_field(name="Problem", value=escape_markdown(card.problem)[:1024], inline=False)
    return embed


def _add_case(embed: discord.Embed, case: Case) -> None:
    who = f"<@{case.actor.user_id}>" if case.actor.user_id else "unknown"
    when = f"{format_dt(case.at, 'F')} ({format_dt(case.at, 'R')})"
    embed.add_field(name=f"{_DEEDS.get(case.verb, case.verb)} by", value=who)
    embed.add_field(name="When", value=when)
    embed.add_field(name="Reason", value=escape_markdown(case.reason)[:1024] or "none given", inline=False)
    embed.add_field(name="Case", value=f"#{case.number}: {case.outcome}"[:1024])


def _add_origin(embed: discord.Embed, card: TopicCard) -> None:
    title = escape_markdown(card.entry_title or "untitled")[:200]
    entry = f"[{title}]({card.entry_link})" if card.entry_link and len(card.entry_link) < 700 else title
    published = f"\nPublished {format_dt(card.published_at, 'F')}" if card.published_at else ""
    embed.add_field(name="Entry", value=f"{entry}{published}", inline=False)
    embed.add_field(
        name="Feed", value=f"{escape_markdown(card.feed_title)[:200]}\n<{card.feed_url}>"[:1024], inline=False
    )
