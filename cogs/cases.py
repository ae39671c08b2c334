"""`/cases` and *Topic actions by this user*: a guild's record, for those who may manage threads in all of it."""

from io import BytesIO

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.cases import Deed
from bot.domain.records import CaseSearch
from bot.domain.topics import thread_id_from
from bot.domain.wording import Listing, Phrase, _
from bot.errors import RefusedError
from bot.services.case_texts import fields
from bot.services.moderation import Outcome, Verdict
from bot.texts import ENGLISH
from cogs.answering import AS_IT_IS, Answer, Reply, answer
from cogs.menus import MenuCog, menu_for
from cogs.paging import LONGEST_TEXT, listing, search_id
from cogs.services import Services
from cogs.topic_commands import TOPIC, Reason, TopicCommands

Number = app_commands.Range[int, 1, 1 << 52]
_MANAGE = _("Manage Threads")
_VALUE = 1024  # Discord, "Embed Limits".


@app_commands.guild_only()
@app_commands.default_permissions(manage_threads=True)
class CasesCog(
    TopicCommands,
    MenuCog,
    commands.GroupCog,
    group_name="cases",
    group_description="What was done to topics, by whom and why",
):
    def __init__(self, client: commands.AutoShardedBot, services: Services) -> None:
        self.client = client
        self.services = services
        self.menu = menu_for(
            discord.Permissions(manage_threads=True), "Topic actions by this user", self._by_user
        )

    @app_commands.command(name="show", description="Show a case")
    @app_commands.describe(number="The number of the case")
    async def show(self, interaction: discord.Interaction, number: Number) -> None:
        await answer(interaction, self._show(interaction, number), self.services.texts)

    @app_commands.command(name="edit", description="Give a case another reason")
    @app_commands.describe(
        number="The number of the case", reason="The new reason; members see it in a standing notice"
    )
    async def edit(self, interaction: discord.Interaction, number: Number, reason: Reason) -> None:
        await answer(interaction, self._edit(interaction, number, reason), self.services.texts)

    @app_commands.command(name="search", description="Find cases, the newest first")
    @app_commands.describe(
        user="Done by", topic=TOPIC, deed="What was done", text="Words that stand in the reason"
    )
    @app_commands.choices(deed=[app_commands.Choice(name=deed, value=deed) for deed in Deed])
    async def search(
        self,
        interaction: discord.Interaction,
        user: discord.User | None = None,
        topic: str | None = None,
        deed: str | None = None,
        text: app_commands.Range[str, 1, LONGEST_TEXT] | None = None,
    ) -> None:
        async def work() -> Answer:
            search = CaseSearch(
                actor_id=user.id if user else None,
                thread_id=thread_id_from(topic) if topic else None,
                deed=Deed(deed) if deed else None,
                text=text or "",
            )
            return await cases_page(self.services, interaction, search, 0)

        await answer(interaction, work(), self.services.texts)

    @search.autocomplete("topic")
    async def _suggest(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_topics(interaction, current)

    @app_commands.command(name="export", description="All cases of this server as a table (CSV)")
    @app_commands.rename(first="from")
    @app_commands.describe(first="The number of the first case; default: 1")
    @app_commands.checks.cooldown(2, 60.0)
    async def export(self, interaction: discord.Interaction, first: Number = 1) -> None:
        await answer(interaction, self._export(interaction, first), self.services.texts)

    async def _by_user(self, interaction: discord.Interaction, user: discord.User) -> None:
        work = cases_page(self.services, interaction, CaseSearch(actor_id=user.id), 0)
        await answer(interaction, work, self.services.texts)

    async def _show(self, interaction: discord.Interaction, number: int) -> Answer:
        file, edits = await self.services.records.show(staffs_guild(interaction), number)
        speaker = self.services.texts.speaker(str(interaction.locale))
        embed = discord.Embed(title=speaker.say("Case #{number}", number=number))
        for label, value in fields(file, edits, speaker):
            embed.add_field(name=label, value=value[:_VALUE], inline=False)
        return embed

    async def _edit(self, interaction: discord.Interaction, number: int, reason: str) -> Answer:
        guild_id = staffs_guild(interaction)
        locale = str(interaction.guild_locale or ENGLISH)
        outcome = await self.services.records.edit(guild_id, interaction.user, locale, number, reason)
        return _edited(outcome, number)

    async def _export(self, interaction: discord.Interaction, first: int) -> Answer:
        export = await self.services.records.export(staffs_guild(interaction), first)
        speaker = self.services.texts.speaker(str(interaction.locale))
        text = speaker.say_n("{count} case.", "{count} cases.", export.count)
        if export.continues_at is not None:
            number = export.continues_at
            more = speaker.say("No more fit into one file. Go on with `from: {number}`.", number=number)
            text = f"{text}\n{more}"
        return Reply(
            text=Phrase(AS_IT_IS, text=text), file=discord.File(BytesIO(export.csv), filename="cases.csv")
        )


def staffs_guild(interaction: discord.Interaction) -> int:
    """The guild, for those who may manage threads in all of it. Raises RefusedError for anybody else."""
    user = interaction.user
    if not (isinstance(user, discord.Member) and user.guild_permissions.manage_threads):
        raise RefusedError(
            "You need {permissions} in this server to do this.", permissions=Listing((_MANAGE,), each="*{}*")
        )
    return user.guild.id


async def cases_page(
    services: Services, interaction: discord.Interaction, search: CaseSearch, number: int
) -> Answer:
    """A page of what a search finds, for staff."""
    speaker = services.texts.speaker(str(interaction.locale))
    page = await services.records.search(staffs_guild(interaction), search, number)
    return listing(page, speaker.say("Cases"), lambda number: search_id(search, number), speaker)


def _edited(outcome: Outcome, number: int) -> Phrase:
    told = {"number": number, "topic": f"<#{outcome.thread_id}>", "problem": outcome.problem}
    if outcome.verdict in {Verdict.ON_ITS_WAY, Verdict.FAILED}:
        return Phrase(
            _("Case #{number} has the new reason; the notice in {topic} still waits: {problem}."), **told
        )
    return Phrase(_("Case #{number} has the new reason."), **told)
