"""`/news post` and *Repost as [News]*: a form, filled in as far as a page or message tells, and what comes of it.

A form must be the first answer, within three seconds: what takes longer is answered with a button that opens it.
"""

import asyncio
import re
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands

from bot.domain.marking import escape
from bot.domain.posting import (
    LONGEST_LINK,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Glimpse,
    Item,
    Order,
    checked,
    item_of_message,
)
from bot.domain.text import cut
from bot.domain.wording import Phrase, _
from bot.errors import RefusedError
from bot.services.posting import Known, Posted
from bot.texts import ENGLISH, Speaker
from cogs.answering import Answer, Reply, answer
from cogs.buttons import lasting, lasting_button
from cogs.menus import menu_for
from cogs.modals import open_modal
from cogs.news_commands import CHANNEL, TAGS, NewsCommands, Place, Typed, channel_of, manager_of, tags_from
from cogs.services import Services

Url = app_commands.Range[str, 1, LONGEST_LINK]
Title = app_commands.Range[str, 1, LONGEST_TITLE]
MENU = "Repost as [News]"
_PROMPTLY = 1.5  # Seconds that a page has to be read before its form opens.
_PATIENCE = 15 * 60.0  # Seconds to write in; Discord gives the answer no more.
_LABEL, _DESCRIPTION, _LONGEST_PUBLISHER = 45, 100, 100
_TITLE, _LINK, _TEXT, _PICTURE = "title", "link", "text", "picture"
_LAST = "last"  # of the five fields that a form can have: channel or publisher
Prepared = tuple[Order, Phrase | None]  # and what kept its page from being read


class Posting(NewsCommands):
    """Mixed into the `/news` group."""

    @app_commands.command(
        name="post", description="Post one item by hand; with a url, filled in from its page"
    )
    @app_commands.describe(url="The page of the item", title="Its headline", channel=CHANNEL, tags=TAGS)
    async def post(
        self,
        interaction: discord.Interaction,
        url: Url | None = None,
        title: Title | None = None,
        channel: Place | None = None,
        tags: Typed | None = None,
    ) -> None:
        item = Item(title=title or "", link=url)
        order = Order(item=item, channel_id=channel_of(interaction, channel), tags=tags_from(tags))
        await offer(self.services, interaction, order, url)

    @post.autocomplete("tags")
    async def _suggest_tags_to_post(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_forum_tags(interaction, current)


def repost_menu(services: Services) -> app_commands.ContextMenu:
    """The menu of messages."""

    async def repost(interaction: discord.Interaction, message: discord.Message) -> None:
        seen = glimpse(message)
        order = Order(item=item_of_message(seen), channel_id=channel_of(interaction, None))
        await offer(services, interaction, order, None if seen.title else order.item.link)

    return menu_for(discord.Permissions(manage_guild=True), MENU, repost)


def glimpse(message: discord.Message) -> Glimpse:
    embed = next((each for each in message.embeds if each.title or each.description), discord.Embed())
    return Glimpse(
        url=message.jump_url,
        content=message.content,
        title=embed.title or "",
        link=embed.url,
        text=embed.description or "",
        image_url=embed.image.url or embed.thumbnail.url,
        publisher=embed.provider.name or embed.footer.text or "",
    )


async def offer(services: Services, interaction: discord.Interaction, order: Order, url: str | None) -> None:
    """Open the form; with `url`, filled in from that page where it can be read."""
    preparing = asyncio.create_task(_prepare(services, interaction, order, url))
    prompt, _late = await asyncio.wait({preparing}, timeout=_PROMPTLY)
    if prompt:
        await open_modal(interaction, _form(services, interaction, preparing), services.texts)
    else:
        await answer(interaction, _later(services, interaction, preparing), services.texts)


async def _prepare(
    services: Services, interaction: discord.Interaction, order: Order, url: str | None
) -> Prepared:
    """What the form is filled in with. Raises RefusedError where this person cannot post there."""
    guild_id, posting = manager_of(interaction).guild_id, services.posting
    if order.item.original is None:
        await posting.check(guild_id, interaction.user, order.channel_id, order.tags)
    else:
        [first, *_] = await posting.channels(guild_id, interaction.user, order.channel_id)
        order = replace(order, channel_id=first)
    if url is None:
        return order, None
    try:
        return replace(order, item=order.item.filled_in(await posting.read(url))), None
    except RefusedError as error:
        return order, Phrase(error.template, **error.params)


async def _form(
    services: Services, interaction: discord.Interaction, prepared: Awaitable[Prepared]
) -> discord.ui.Modal:
    order, note = await prepared
    channels: list[int] = []
    if order.item.original is not None:
        guild_id = manager_of(interaction).guild_id
        channels = await services.posting.channels(guild_id, interaction.user, order.channel_id)
    return PostModal(services, interaction, order, note, channels)


async def _later(
    services: Services, interaction: discord.Interaction, preparing: Awaitable[Prepared]
) -> Answer:
    order, note = await preparing
    told = note or Phrase(_("I have read {title}."), title=f"**{escape(order.item.title)}**")
    return await _with_form(services, interaction, order, told, _("Correct and post"))


async def _with_form(
    services: Services, interaction: discord.Interaction, order: Order, told: Phrase, label: str
) -> Reply:
    """An answer with a button that opens the form."""
    proposal_id = await services.posting.keep(manager_of(interaction), order)
    label = services.texts.say(str(interaction.locale), label)
    return Reply(text=told, view=_button(label, f"nightdesk:post:fill:{proposal_id}"))


class PostModal(discord.ui.Modal):
    """The item, to be corrected: with one of `channels` where there are any, else with its publisher."""

    def __init__(
        self,
        services: Services,
        interaction: discord.Interaction,
        order: Order,
        note: Phrase | None,
        channels: Sequence[int],
    ) -> None:
        speaker = services.texts.speaker(str(interaction.locale))
        super().__init__(title=speaker.say("Post as [News]")[:_LABEL], timeout=_PATIENCE)
        self._services, self._order, item = services, order, order.item
        hint = speaker.say(note.template, **note.params) if note else ""
        fields = {
            _TITLE: _text(_TITLE, item.title, LONGEST_TITLE),
            _LINK: _text(_LINK, item.link, LONGEST_LINK),
            _TEXT: _text(_TEXT, item.text, LONGEST_TEXT),
            _PICTURE: _text(_PICTURE, item.image_url, LONGEST_LINK),
            _LAST: _select(interaction, channels, order.channel_id)
            if channels
            else _text(_LAST, cut(item.publisher, _LONGEST_PUBLISHER), _LONGEST_PUBLISHER),
        }
        labels = _labels(speaker, channels=bool(channels))
        self._fields = fields
        for (name, component), label in zip(fields.items(), labels, strict=True):
            description = cut(hint, _DESCRIPTION) if name == _LINK and hint else None
            self.add_item(discord.ui.Label(text=label[:_LABEL], description=description, component=component))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await answer(interaction, self._post(interaction), self._services.texts)

    async def _post(self, interaction: discord.Interaction) -> Answer:
        """What is typed wrongly comes back, to be mended."""
        manager_of(interaction)
        order = replace(self._order, item=self._typed())
        if isinstance(chosen := self._fields[_LAST], discord.ui.Select):
            order = replace(order, channel_id=int(chosen.values[0]))
        try:
            item = checked(order.item, self._order.item)
            return await _posted(self._services, interaction, replace(order, item=item))
        except RefusedError as error:
            told = Phrase(error.template, **error.params)
            return await _with_form(self._services, interaction, order, told, _("Mend it"))

    def _typed(self) -> Item:
        values = {
            name: field.value
            for name, field in self._fields.items()
            if isinstance(field, discord.ui.TextInput)
        }
        return replace(
            self._order.item,
            title=values[_TITLE],
            link=values[_LINK] or None,
            text=values[_TEXT],
            image_url=values[_PICTURE] or None,
            publisher=values.get(_LAST, self._order.item.publisher),
        )


def _labels(speaker: Speaker, *, channels: bool) -> tuple[str, ...]:
    last = speaker.say("Channel") if channels else speaker.say("Publisher")
    say = speaker.say
    return say("Headline"), say("Address of the article"), say("Text"), say("Address of a picture"), last


def _text(name: str, value: str | None, longest: int) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(
        custom_id=name,
        style=discord.TextStyle.paragraph if name == _TEXT else discord.TextStyle.short,
        default=value or None,
        max_length=longest,
        required=name == _TITLE,
    )


def _select(interaction: discord.Interaction, channels: Sequence[int], chosen: int) -> discord.ui.Select[Any]:
    assert interaction.guild is not None
    named = [(each, interaction.guild.get_channel(each)) for each in channels]
    options = [
        discord.SelectOption(label=f"#{channel.name}"[:100], value=str(each), default=each == chosen)
        for each, channel in named
        if channel is not None
    ]
    return discord.ui.Select(custom_id=_LAST, options=options, required=True)


async def _posted(services: Services, interaction: discord.Interaction, order: Order) -> Answer:
    guild_id, locale = manager_of(interaction).guild_id, str(interaction.guild_locale or ENGLISH)
    match await services.posting.post(guild_id, interaction.user, order, locale):
        case Posted() as posted:
            return _told(posted)
        case Known(topic=topic, proposal_id=proposal_id):
            label = services.texts.say(str(interaction.locale), "Post it all the same")
            there = f"<#{topic.thread_id}>" if topic.thread_id else f"**{escape(topic.name)}**"
            return Reply(
                text=Phrase(
                    _("{channel} has this article already: {topic}."),
                    channel=f"<#{order.channel_id}>",
                    topic=there,
                ),
                view=_button(label, f"nightdesk:post:again:{proposal_id}"),
            )


def _told(posted: Posted) -> Phrase:
    if posted.thread_id is not None:
        return Phrase(_("{topic} is posted."), topic=f"<#{posted.thread_id}>")
    return Phrase(
        _("It is recorded, and Discord gets it in {channel} as soon as I can."),
        channel=f"<#{posted.channel_id}>",
    )


def fill_button(services: Services) -> type[discord.ui.DynamicItem[Any]]:
    """Opens the form with what was kept."""

    async def fill(interaction: discord.Interaction, match: re.Match[str]) -> None:
        async def kept() -> Prepared:
            return await services.posting.recall(manager_of(interaction), int(match["proposal_id"])), None

        await open_modal(interaction, _form(services, interaction, kept()), services.texts)

    return lasting(r"nightdesk:post:fill:(?P<proposal_id>\d{1,19})", fill)


def again_button(services: Services) -> type[discord.ui.DynamicItem[Any]]:
    """Posts what the channel has already."""

    async def again(interaction: discord.Interaction, match: re.Match[str]) -> Answer:
        guild_id, locale = manager_of(interaction).guild_id, str(interaction.guild_locale or ENGLISH)
        proposal_id = int(match["proposal_id"])
        return _told(await services.posting.post_again(guild_id, interaction.user, proposal_id, locale))

    return lasting_button(r"nightdesk:post:again:(?P<proposal_id>\d{1,19})", again, services.texts)


def _button(label: str, custom_id: str) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label=label, custom_id=custom_id))
    view.stop()  # A DynamicItem answers, also after a restart.
    return view
