"""`/news import` and `export`: a file, one service call, an answer. Decides nothing and holds no SQL."""

from collections.abc import Iterator
from io import BytesIO

import discord
from discord import app_commands

from bot.domain.outlines import LONGEST_LIST, Rejected
from bot.domain.text import clean, cut
from bot.domain.wording import Phrase, _
from bot.errors import RefusedError
from bot.services.opml import Imported
from bot.texts import Speaker
from cogs.answering import AS_IT_IS, Answer, Reply, answer
from cogs.news_cards import harmless
from cogs.news_commands import NewsCommands, Place, channel_of, manager_of, mentionable

SHOWN = 10  # Of what could not be taken over; a file tells of all.
NAME = 80


class Lists(NewsCommands):
    """Mixed into the `/news` group."""

    @app_commands.command(name="import", description="Take over the feeds of an OPML file")
    @app_commands.describe(
        file="An OPML file, as feed readers and `/news export` make it",
        channel="Where feeds go that name no channel of this server. Default: this one",
    )
    async def take_over(
        self, interaction: discord.Interaction, file: discord.Attachment, channel: Place | None = None
    ) -> None:
        async def work() -> Answer:
            manager = manager_of(interaction)
            imported = await self.services.lists.take_over(
                manager,
                await _read(file),
                channel_of(interaction, channel),
                lambda role_id: _may_mention(interaction, role_id),
            )
            return _told(imported, self.services.texts.speaker(str(interaction.locale)))

        await answer(interaction, work(), self.services.texts)

    @app_commands.command(name="export", description="Get the server's subscriptions as an OPML file")
    async def hand_out(self, interaction: discord.Interaction) -> None:
        async def work() -> Answer:
            guild = interaction.guild
            title = guild.name if guild else "Nightdesk"
            body, count = await self.services.lists.hand_out(manager_of(interaction).guild_id, title)
            if not count:
                raise RefusedError("There are no subscriptions to export.")
            told = Phrase(_("All subscriptions of this server, with their options: {count}."), count=count)
            return Reply(text=told, file=discord.File(BytesIO(body), "subscriptions.opml"))

        await answer(interaction, work(), self.services.texts)


async def _read(file: discord.Attachment) -> bytes:
    if file.size > LONGEST_LIST:
        raise RefusedError("That file is too large for a list of feeds.")
    try:
        return await file.read()
    except discord.DiscordException as error:
        raise RefusedError("I cannot get that file from Discord. Try again.") from error


def _may_mention(interaction: discord.Interaction, role_id: int) -> bool:
    role = interaction.guild.get_role(role_id) if interaction.guild else None
    try:
        return role is not None and mentionable(interaction, role) == role_id
    except RefusedError:
        return False


def _told(imported: Imported, speaker: Speaker) -> Reply:
    lines = list(_rejections(imported.rejected, speaker))
    embed = discord.Embed(title=speaker.say("Not added"), description="\n".join(lines[:SHOWN]))
    report = "\n".join(f"{each.name}: {_why(each, speaker)}" for each in imported.rejected)
    return Reply(
        text=Phrase(AS_IT_IS, text="\n".join(_summary(imported, speaker))),
        embed=embed if lines else None,
        file=discord.File(BytesIO(report.encode()), "not-added.txt") if len(lines) > SHOWN else None,
    )


def _summary(imported: Imported, speaker: Speaker) -> Iterator[str]:
    yield speaker.say_n("{count} feed was added.", "{count} feeds were added.", imported.added)
    if imported.added:
        yield speaker.say("What they have now is not posted; what is new comes from the next minutes on.")
    if imported.known:
        yield speaker.say_n("{count} was there already.", "{count} were there already.", imported.known)
    if imported.unmentioned:
        yield speaker.say_n(
            "{count} comes without a mention: its role is not here, or you may not mention it.",
            "{count} come without a mention: their role is not here, or you may not mention it.",
            imported.unmentioned,
        )
    if imported.rejected:
        count = len(imported.rejected)
        yield speaker.say_n("{count} feed could not be added.", "{count} feeds could not be added.", count)


def _rejections(rejected: tuple[Rejected, ...], speaker: Speaker) -> Iterator[str]:
    for each in rejected:
        yield f"**{harmless(cut(clean(each.name), NAME))}**: {cut(_why(each, speaker), 160)}"


def _why(rejected: Rejected, speaker: Speaker) -> str:
    return speaker.say(rejected.why.template, **rejected.why.params)
