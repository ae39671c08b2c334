"""`/news add`: a choice where there is one, a preview, and then yes or no. Decides nothing and holds no SQL."""

import re
from collections.abc import Iterator
from typing import Any

import discord
from discord import app_commands

from bot.domain.feeds import FeedOrder, Options
from bot.domain.messages import as_discord
from bot.domain.subscriptions import SubscriptionCard
from bot.domain.text import clean, cut
from bot.domain.wording import Phrase, _
from bot.services.offering import Choice, Followed, Preview
from bot.texts import Speaker
from cogs.answering import AS_IT_IS, Answer, Reply, answer
from cogs.buttons import chosen_in, lasting_button
from cogs.news_cards import harmless, named
from cogs.news_commands import (
    CHANNEL,
    FILTER,
    MENTION,
    TAGS,
    Address,
    NewsCommands,
    Place,
    Typed,
    channel_of,
    manager_of,
    mentionable,
    tags_from,
)
from cogs.services import Services
from cogs.topic_commands import short

TITLE = 200


class Adding(NewsCommands):
    """Mixed into the `/news` group."""

    @app_commands.command(name="add", description="Bring a feed or live blog into a channel; shows first how")
    @app_commands.describe(
        url="The address of a feed, of a site that has feeds, or of a live blog",
        channel=CHANNEL,
        post_last="Post so many of its newest entries at once. Default: none",
        tags=TAGS,
        mention=MENTION,
        filter=FILTER,
    )
    async def add(  # noqa: PLR0917 - the options of the command, in the order in which Discord shows them.
        self,
        interaction: discord.Interaction,
        url: Address,
        channel: Place | None = None,
        post_last: app_commands.Range[int, 0, 25] = 0,
        tags: Typed | None = None,
        mention: discord.Role | None = None,
        filter: Typed | None = None,  # noqa: A002 - the option's name.
    ) -> None:
        async def work() -> Answer:
            manager = manager_of(interaction)
            order = FeedOrder(
                url="",
                channel_id=channel_of(interaction, channel),
                post_last=post_last,
                options=Options(
                    tags=tags_from(tags),
                    mention_role_id=mentionable(interaction, mention) if mention else None,
                    filter=filter or "",
                ),
            )
            found = await self.services.offering.offer(manager, url, order)
            return _offered(found, self.services.texts.speaker(str(interaction.locale)))

        await answer(interaction, work(), self.services.texts)

    @add.autocomplete("tags")
    async def _suggest_tags_to_add(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_forum_tags(interaction, current)


def adding_items(services: Services) -> tuple[type[discord.ui.DynamicItem[Any]], ...]:
    """The menu of a choice, and the buttons of a preview."""
    offering, texts = services.offering, services.texts

    async def choose(interaction: discord.Interaction, match: re.Match[str]) -> Answer:
        number = int(chosen_in(interaction))
        preview = await offering.choose(manager_of(interaction), int(match["proposal_id"]), number)
        return _offered(preview, texts.speaker(str(interaction.locale)))

    async def accept(interaction: discord.Interaction, match: re.Match[str]) -> Answer:
        return _accepted(await offering.accept(manager_of(interaction), int(match["proposal_id"])))

    async def cancel(interaction: discord.Interaction, match: re.Match[str]) -> Answer:
        await offering.cancel(manager_of(interaction), int(match["proposal_id"]))
        return Phrase(_("Nothing was added."))

    return (
        lasting_button(r"nightdesk:news:choose:(?P<proposal_id>\d{1,19})", choose, texts),
        lasting_button(r"nightdesk:news:add:(?P<proposal_id>\d{1,19})", accept, texts),
        lasting_button(r"nightdesk:news:cancel:(?P<proposal_id>\d{1,19})", cancel, texts),
    )


def _offered(found: Choice | Preview, speaker: Speaker) -> Reply:
    return _choice(found, speaker) if isinstance(found, Choice) else _preview(found, speaker)


def _choice(choice: Choice, speaker: Speaker) -> Reply:
    menu: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=f"nightdesk:news:choose:{choice.proposal_id}", placeholder=speaker.say("Which one?")
    )
    for number, each in enumerate(choice.candidates[:25]):
        title = clean(each.title) or each.url
        label = speaker.say("Live blog: {title}", title=title) if each.live else title
        menu.add_option(label=short(label), value=str(number), description=short(each.url))
    return Reply(text=Phrase(_("That address leads to several. Which one shall come?")), view=_view(menu))


def _preview(preview: Preview, speaker: Speaker) -> Reply:
    yes: discord.ui.Button[Any] = discord.ui.Button(
        label=speaker.say("Follow it") if preview.live else speaker.say("Add"),
        custom_id=f"nightdesk:news:add:{preview.proposal_id}",
        style=discord.ButtonStyle.primary,
    )
    no: discord.ui.Button[Any] = discord.ui.Button(
        label=speaker.say("Cancel"), custom_id=f"nightdesk:news:cancel:{preview.proposal_id}"
    )
    return Reply(
        text=Phrase(AS_IT_IS, text="\n".join(_facts(preview, speaker))),
        embed=discord.Embed.from_dict(as_discord(preview.message.embeds[0])) if preview.message else None,
        view=_view(yes, no),
    )


def _facts(preview: Preview, speaker: Speaker) -> Iterator[str]:
    title = harmless(cut(clean(preview.title), TITLE))
    channel = f"<#{preview.order.channel_id}>"
    if preview.live:
        yield speaker.say(
            "**{title}** is a live blog: {channel} would follow it.", title=title, channel=channel
        )
        if preview.entries:  # Some sites keep their updates elsewhere.
            yield speaker.say_n(
                "It shows {count} update now.", "It shows {count} updates now.", preview.entries
            )
    else:
        yield speaker.say("**{title}** would come to {channel}.", title=title, channel=channel)
        yield speaker.say_n("It has {count} entry now.", "It has {count} entries now.", preview.entries)
    if preview.order.options.filter and not preview.live:
        yield speaker.say_n(
            "{count} of them passes the filter.", "{count} of them pass the filter.", preview.passing
        )
    if preview.language:
        yield speaker.say("It calls its language `{language}`.", language=clean(preview.language)[:35])
    if preview.elsewhere:
        channels = speaker.join([f"<#{channel_id}>" for channel_id in preview.elsewhere[:10]])
        yield speaker.say("It comes to {channels} already, too.", channels=channels)
    if preview.message:
        name = harmless(preview.name)
        yield speaker.say("A thread of it, named **{name}**, would begin so:", name=name)


def _accepted(made: SubscriptionCard | Followed) -> Phrase:
    if isinstance(made, SubscriptionCard):
        channel = f"<#{made.subscription.channel_id}>"
        return Phrase(_("{feed} comes to {channel} from now on."), feed=f"**{named(made)}**", channel=channel)
    if made.thread_id is None:
        place = f"<#{made.channel_id}>"
        return Phrase(_("The live blog is followed; its topic is on its way to {channel}."), channel=place)
    return Phrase(_("The live blog is followed in {topic}."), topic=f"<#{made.thread_id}>")


def _view(*items: discord.ui.Item[Any]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()  # DynamicItems answer, also after a restart.
    return view
