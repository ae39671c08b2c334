"""A tiny discord.py bot that gives the page something to show and to talk to. It knows nothing of the product."""

from datetime import UTC, datetime

import discord
import yarl
from discord import app_commands

from simulator import Simulator

PUBLISHED = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)


class Feedback(discord.ui.Modal, title="Your opinion"):
    name: discord.ui.TextInput["Feedback"] = discord.ui.TextInput(label="Name", placeholder="Who are you?")
    words: discord.ui.TextInput["Feedback"] = discord.ui.TextInput(
        label="Words", style=discord.TextStyle.paragraph, required=False
    )

    about: discord.ui.Label["Feedback"] = discord.ui.Label(
        text="About",
        description="What you tell us of",
        component=discord.ui.Select(
            options=[
                discord.SelectOption(label="The news", default=True),
                discord.SelectOption(label="The weather"),
            ]
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.about.component, discord.ui.Select)
        [about] = self.about.component.values
        thanks = f"Thank you, {self.name.value}, for a word on {about.lower()}."
        await interaction.response.send_message(thanks, ephemeral=True)


class PageBot(discord.Client):
    """Has /topic close, /topic reopen, /vote, /feedback, the message menu *Close this topic*, and a Follow button."""

    def __init__(self) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            max_messages=None,
            guild_ready_timeout=0.05,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.tree = app_commands.CommandTree(
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )
        add_commands(self.tree)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """The Follow button, by its custom id: it works on messages of any age."""
        if interaction.type is discord.InteractionType.component:
            assert isinstance(interaction.channel, discord.Thread)
            await interaction.channel.add_user(interaction.user)
            await interaction.response.send_message("You follow this thread now.", ephemeral=True)


def add_commands(tree: app_commands.CommandTree) -> None:
    """Registers what a person may type or choose."""
    topic = app_commands.Group(
        name="topic",
        description="Close and reopen topics",
        default_permissions=discord.Permissions(manage_threads=True),
    )

    @topic.command(description="Close a topic to further replies")
    async def close(interaction: discord.Interaction, topic: str = "", reason: str = "") -> None:
        await interaction.response.defer(ephemeral=True)
        await close_topic(interaction, topic or str(interaction.channel_id), reason)

    @close.autocomplete("topic")
    async def topics(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        assert interaction.guild
        found = [each for each in interaction.guild.threads if typed.lower() in each.name.lower()]
        return [app_commands.Choice(name=each.name[:100], value=str(each.id)) for each in found]

    @topic.command(description="Let people reply again")
    async def reopen(interaction: discord.Interaction) -> None:
        assert isinstance(interaction.channel, discord.Thread)
        await interaction.channel.edit(locked=False)
        await interaction.response.send_message("Open again.", ephemeral=True)

    @tree.command(description="Vote for a colour")
    @app_commands.choices(
        colour=[
            app_commands.Choice(name="Sea green", value="green"),
            app_commands.Choice(name="Amber", value="amber"),
        ]
    )
    async def vote(
        interaction: discord.Interaction,
        colour: app_commands.Choice[str],
        weight: int = 1,
        friend: discord.Member | None = None,
        *,
        secret: bool = False,
        proof: discord.Attachment | None = None,
    ) -> None:
        by = friend.display_name if friend else "you"
        shown = f", as {(await proof.read()).decode()} in {proof.filename} shows" if proof else ""
        said = f"{colour.value}, {weight} times, for {by}{shown}"
        await interaction.response.send_message(said, ephemeral=secret)

    @tree.command(description="Tell us what you think")
    async def feedback(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Feedback())

    @tree.context_menu(name="Close this topic")
    @app_commands.default_permissions(manage_threads=True)
    async def close_this(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.defer(ephemeral=True)
        await close_topic(interaction, str(message.channel.id), "")

    tree.add_command(topic)


async def close_topic(interaction: discord.Interaction, topic: str, reason: str) -> None:
    thread = await interaction.client.fetch_channel(int(topic))
    assert isinstance(thread, discord.Thread)
    await thread.edit(locked=True)
    notice = "**This topic is now closed to further replies.**"
    await thread.send(f"{notice} Reason: {reason}" if reason else notice)
    await interaction.followup.send(f"Closed {thread.name}.", ephemeral=True)


async def post_news(  # noqa: PLR0917 - a story has these parts
    bot: discord.Client,
    forum_id: str,
    title: str,
    summary: str,
    image: str | None = None,
    tags: tuple[str, ...] = (),
) -> discord.Thread:
    """A forum post as a newspaper bot makes it: card, link button, Follow button."""
    forum = await bot.fetch_channel(int(forum_id))
    assert isinstance(forum, discord.ForumChannel)
    embed = discord.Embed(
        title=title,
        url="https://gazette.example/a?b=1&c=2",
        description=summary,
        timestamp=PUBLISHED,
        colour=discord.Colour(0x1F6F8B),
    )
    embed.set_footer(text="The Harbour Gazette")
    if image:
        embed.set_image(url=image)
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Read at The Harbour Gazette", url="https://gazette.example/a"))
    view.add_item(
        discord.ui.Button(label="Follow", custom_id="follow:1", style=discord.ButtonStyle.secondary)
    )
    made = await forum.create_thread(
        name=f"[News] {title}"[:100],
        embed=embed,
        view=view,
        applied_tags=[tag for tag in forum.available_tags if tag.name in tags],
    )
    return made.thread


def point_discord_py_at(simulator: Simulator) -> None:
    """discord.py keeps these for the whole process; one simulator at a time."""
    discord.http.Route.BASE = simulator.api_url
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(simulator.gateway_url)
