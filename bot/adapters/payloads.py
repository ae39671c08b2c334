"""Our messages as discord.py's objects. No text is changed here: rendering has made it safe and short enough."""

from collections.abc import Iterable

import discord
from discord.ui import Button as UiButton, View

from bot.domain.messages import Message, as_discord


def embeds_of(message: Message) -> list[discord.Embed]:
    return [discord.Embed.from_dict(as_discord(embed)) for embed in message.embeds]


def view_of(message: Message) -> View | None:
    """The message's buttons. Stopped at once: a DynamicItem answers clicks, and discord.py would keep every view."""
    if not message.buttons:
        return None
    view = View(timeout=None)
    for button in message.buttons:
        style = discord.ButtonStyle.link if button.url else discord.ButtonStyle.secondary
        view.add_item(UiButton(label=button.label, url=button.url, custom_id=button.custom_id, style=style))
    view.stop()
    return view


def mentions_of(message: Message) -> discord.AllowedMentions:
    """Only the role the operator configured can be pinged, whatever a feed writes."""
    role = message.mention_role_id
    return discord.AllowedMentions(
        everyone=False, users=False, roles=[discord.Object(role)] if role else False, replied_user=False
    )


def shows(theirs: discord.Message, ours: Message) -> bool:
    """Whether Discord's message is ours: the same button ids where it has some, else the same text or embeds."""
    wanted = {button.custom_id for button in ours.buttons if button.custom_id}
    if wanted:
        return wanted <= set(custom_ids(theirs))
    if ours.content or not ours.embeds:
        return theirs.content == ours.content
    own = [_text(embed.title, embed.description) for embed in ours.embeds]
    return own == [_text(embed.title, embed.description) for embed in theirs.embeds]


def _text(*parts: str | None) -> str:
    """Discord trims white space."""
    return " ".join(" ".join(part.split()) for part in parts if part)


def custom_ids(message: discord.Message) -> Iterable[str]:
    for row in message.components:
        if isinstance(row, discord.ActionRow):
            for child in row.children:
                if isinstance(child, discord.Button) and child.custom_id:
                    yield child.custom_id
