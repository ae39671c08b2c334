"""`/topic-policy`: a command, one service call, an answer. Decides nothing and holds no SQL."""

from collections.abc import Mapping

import discord
from discord import app_commands
from discord.ext import commands
from discord.utils import escape_markdown

from bot.domain.policies import (
    LOCALES,
    OFF,
    SETTINGS,
    WHOLE_GUILD,
    Activity,
    OnAuthorLost,
    OnNecro,
    OnSourceClosed,
    Policy,
    shown,
)
from bot.domain.wording import Phrase, _
from bot.domain.zones import suggest_zones
from bot.errors import RefusedError
from bot.texts import Speaker
from cogs.answering import Answer, Reply, answer
from cogs.services import Services

Place = discord.ForumChannel | discord.TextChannel
Typed = app_commands.Range[str, 1, 1500]

CHANNEL = "Which channel or forum. Default: the whole server"
LONGEST = 180  # Characters of a setting that the card shows; all of them together have to fit into it.


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class PoliciesCog(
    commands.GroupCog,
    group_name="topic-policy",
    group_description="How topics are looked after by themselves",
):
    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="set", description="Change how topics of a channel are looked after")
    @app_commands.describe(
        channel=CHANNEL,
        idle="Close topics in which nobody wrote for so long: 7d, 12h; off",
        max_age="Close topics that are so old: 30d; off",
        warn_before="Warn so long before, with a button to keep it open: 12h; off",
        activity="Whose messages count as activity",
        on_necro="What a reply to an old, archived topic brings",
        necro_after="How long nobody wrote in an old topic: 30d",
        on_source_closed="What the end of a live blog brings",
        on_author_lost="What a timer does whose author may not do it by hand any more",
        notice="What the notice says; off: This topic is now closed to further replies.",
        reasons="Reasons to choose from, separated by semicolons; off",
        require_reason="Whether a close needs a reason",
        locale="The language of notices; off: the server's",
        zone="The time zone of weekly hours and typed times",
        hours="Weekly hours: mon-fri 09:00-18:00; sat 10:00-14:00; off",
        archive="Archive topics when they are closed",
        enforce="Close topics again that people open by hand",
        staff_channel="Where every case is told",
    )
    @app_commands.choices(
        activity=[app_commands.Choice(name=each, value=each) for each in Activity],
        on_necro=[app_commands.Choice(name=each, value=each) for each in OnNecro],
        on_source_closed=[app_commands.Choice(name=each, value=each) for each in OnSourceClosed],
        on_author_lost=[app_commands.Choice(name=each, value=each) for each in OnAuthorLost],
        locale=[app_commands.Choice(name=each, value=each) for each in (*LOCALES, OFF)],
    )
    async def change(  # noqa: PLR0917 - the options of the command, in the order in which Discord shows them.
        self,
        interaction: discord.Interaction,
        channel: Place | None = None,
        idle: Typed | None = None,
        max_age: Typed | None = None,
        warn_before: Typed | None = None,
        activity: str | None = None,
        on_necro: str | None = None,
        necro_after: Typed | None = None,
        on_source_closed: str | None = None,
        on_author_lost: str | None = None,
        notice: Typed | None = None,
        reasons: Typed | None = None,
        require_reason: bool | None = None,  # noqa: FBT001 - an option of the command.
        locale: str | None = None,
        zone: Typed | None = None,
        hours: Typed | None = None,
        archive: bool | None = None,  # noqa: FBT001 - an option of the command.
        enforce: bool | None = None,  # noqa: FBT001 - an option of the command.
        staff_channel: discord.TextChannel | None = None,
    ) -> None:
        given: dict[str, str | bool | None] = {
            "idle": idle,
            "max_age": max_age,
            "warn_before": warn_before,
            "activity": activity,
            "on_necro": on_necro,
            "necro_after": necro_after,
            "on_source_closed": on_source_closed,
            "on_author_lost": on_author_lost,
            "notice": notice,
            "reasons": reasons,
            "require_reason": require_reason,
            "locale": locale,
            "zone": zone,
            "hours": hours,
            "archive": archive,
            "enforce": enforce,
            "staff_channel_id": str(staff_channel.id) if staff_channel else None,
        }
        await answer(interaction, self._set(interaction, channel, given), self._services.texts)

    @app_commands.command(name="show", description="Show how topics are looked after, and where that was set")
    @app_commands.describe(channel=CHANNEL)
    async def show(self, interaction: discord.Interaction, channel: Place | None = None) -> None:
        async def work() -> Answer:
            guild_id = _allowed(interaction)
            policy = await self._services.policies.of(guild_id, _id(channel))
            return self._card(interaction, policy, channel)

        await answer(interaction, work(), self._services.texts)

    @app_commands.command(
        name="reset", description="Forget what was set for a channel, or for the whole server"
    )
    @app_commands.describe(channel=CHANNEL)
    async def reset(self, interaction: discord.Interaction, channel: Place | None = None) -> None:
        async def work() -> Answer:
            guild_id = _allowed(interaction)
            if not await self._services.policies.reset(guild_id, _id(channel)):
                raise RefusedError("Nothing is set there.")
            await self._services.autoclose.sweep(guild_id, _id(channel), renew=True)
            policy = await self._services.policies.of(guild_id, _id(channel))
            forgotten = Phrase(_("What was set there is forgotten."))
            return Reply(text=forgotten, embed=self._card(interaction, policy, channel))

        await answer(interaction, work(), self._services.texts)

    @change.autocomplete("zone")
    async def _suggest_zone(
        self,
        interaction: discord.Interaction,  # noqa: ARG002 - discord.py's signature.
        current: str,
    ) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=zone, value=zone) for zone in suggest_zones(current)]

    async def _set(
        self, interaction: discord.Interaction, channel: Place | None, given: Mapping[str, str | bool | None]
    ) -> Answer:
        guild_id = _allowed(interaction)
        typed = {setting: _text(value) for setting, value in given.items() if value is not None}
        policy = await self._services.policies.set(guild_id, _id(channel), typed, interaction.user.id)
        await self._services.autoclose.sweep(guild_id, _id(channel), renew=True)
        return Reply(
            text=Phrase(_("This holds from now on.")), embed=self._card(interaction, policy, channel)
        )

    def _card(self, interaction: discord.Interaction, policy: Policy, channel: Place | None) -> discord.Embed:
        speaker = self._services.texts.speaker(str(interaction.locale))
        title = f"#{channel.name}" if channel else speaker.say("The whole server")
        lines = [_line(policy, setting, speaker) for setting in SETTINGS]
        return discord.Embed(title=escape_markdown(title), description="\n".join(lines))


_STAFF = "staff_channel_id"
_ORIGINS = {True: _("the whole server"), False: _("this channel")}


def _line(policy: Policy, setting: str, speaker: Speaker) -> str:
    value = shown(policy, setting)
    if setting == _STAFF:
        value = f"<#{value}>" if value != OFF else value
    else:
        value = escape_markdown(value if len(value) <= LONGEST else f"{value[:LONGEST]}…")
    origin = policy.origins.get(setting)
    where = speaker.say("default") if origin is None else speaker.say(_ORIGINS[origin == WHOLE_GUILD])
    return f"`{setting_name(setting, speaker)}`: **{value}** ({where})"


def setting_name(setting: str, speaker: Speaker) -> str:
    """What the option is called by which the setting is changed."""
    return speaker.option(setting.removesuffix("_id") if setting == _STAFF else setting)


def _allowed(interaction: discord.Interaction) -> int:
    """The guild. Raises RefusedError for who may not manage it, whatever Discord was told to offer them."""
    if not interaction.permissions.manage_guild:
        raise RefusedError("You need *Manage Server* to do this.")
    assert interaction.guild_id is not None
    return interaction.guild_id


def _id(channel: Place | None) -> int:
    return channel.id if channel else WHOLE_GUILD


def _text(value: str | bool) -> str:  # noqa: FBT001 - a value.
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value
