"""What a person is shown about a topic, in their language; texts of feeds and people as they are, never interpreted."""

from collections.abc import Callable

import discord
from discord.utils import escape_markdown, format_dt

from bot.domain.cases import Case, Deed
from bot.domain.text import cut
from bot.domain.urls import for_discord, site
from bot.domain.wording import _
from bot.ports import TopicCard
from bot.services.case_texts import STATES, both, deed_name, outcome, who
from bot.texts import Speaker
from cogs.news_cards import harmless

Say = Callable[..., str]

_BRACKETS = str.maketrans("[]", "()")  # One would end the text of a link.
_ACTORS = {Deed.CLOSE: _("Closed by"), Deed.REOPEN: _("Reopened by")}


def topic_card(card: TopicCard, speaker: Speaker) -> discord.Embed:
    """The answer of `/topic info`."""
    embed = discord.Embed(title=escape_markdown(card.topic.name)[:256])
    say = speaker.say
    state = say(STATES[card.topic.state])
    if card.topic.archived:
        state = say("{state} (archived)", state=state)
    embed.add_field(name=say("State"), value=state, inline=False)
    if card.case is not None:
        _add_case(embed, card.case, speaker)
    if card.feed_url is not None or card.entry_title:
        _add_origin(embed, card, say)
    else:
        embed.add_field(name=say("Origin"), value=say("Made by people, not from a feed"), inline=False)
    if card.problem:
        embed.add_field(name=say("Problem"), value=escape_markdown(card.problem)[:1024], inline=False)
    return embed


def _add_case(embed: discord.Embed, case: Case, speaker: Speaker) -> None:
    say = speaker.say
    did = say(_ACTORS[case.deed]) if case.deed in _ACTORS else deed_name(case.deed, speaker)
    embed.add_field(name=did, value=who(case.actor, speaker))
    embed.add_field(name=say("When"), value=both(case.at))
    reason = escape_markdown(case.reason)[:1024] or say("none given")
    embed.add_field(name=say("Reason"), value=reason, inline=False)
    embed.add_field(name=say("Case"), value=f"#{case.number}: {outcome(case.outcome, speaker)}"[:1024])


def _add_origin(embed: discord.Embed, card: TopicCard, say: Say) -> None:
    title = escape_markdown((card.entry_title or say("untitled")).translate(_BRACKETS))[:200]
    link = for_discord(card.entry_link, limit=700)
    entry = f"[{title}]({link})" if link else title
    if card.published_at:
        entry += "\n" + say("Published {moment}", moment=format_dt(card.published_at, "F"))
    embed.add_field(name=say("Entry"), value=entry, inline=False)
    if card.feed_url is None:
        embed.add_field(name=say("Origin"), value=say("Posted by hand"), inline=False)
    else:
        address = for_discord(card.feed_url, limit=700) or escape_markdown(site(card.feed_url)[:200])
        feed = f"{harmless(cut(card.feed_title, 100))}\n{address}"
        embed.add_field(name=say("Feed"), value=feed[:1024], inline=False)
