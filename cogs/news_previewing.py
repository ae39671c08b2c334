"""`/news preview` and `test`: a command, one service call, an answer. Decides nothing and holds no SQL."""

from collections.abc import Iterator

import discord
from discord import app_commands
from discord.utils import format_dt

from bot.domain.deciding import Verdict
from bot.domain.fetching import Fetched
from bot.domain.messages import as_discord
from bot.domain.rendering import headline
from bot.domain.text import clean, cut
from bot.domain.wording import Phrase, _
from bot.errors import RefusedError
from bot.services.previewing import Examination
from bot.texts import Speaker
from cogs.answering import AS_IT_IS, Answer, Reply, answer
from cogs.news_cards import code, harmless, lasting
from cogs.news_commands import FEED, Address, NewsCommands, channel_of, manager_of

HEADLINE = 80
WHY = 160
OFFERED = 5
_LONGEST = 2000  # Discord, "Message Object".


class Previewing(NewsCommands):
    """Mixed into the `/news` group."""

    @app_commands.command(
        name="preview",
        description="Explain what becomes of a feed: fetched, parsed, new or why not, rendered",
    )
    @app_commands.describe(url="The address of a feed or page", feed=FEED)
    async def preview(
        self, interaction: discord.Interaction, url: Address | None = None, feed: str | None = None
    ) -> None:
        async def work() -> Answer:
            guild_id = manager_of(interaction).guild_id
            if (url is None) == (feed is None):
                raise RefusedError("Fill in `url` or `feed`, one of them.")
            if url is not None:
                found = await self.services.previewing.examine_address(url, channel_of(interaction, None))
            else:
                assert feed is not None
                found = await self.services.previewing.examine(guild_id, feed)
            return _examined(found, self.services.texts.speaker(str(interaction.locale)))

        await answer(interaction, work(), self.services.texts)

    @app_commands.command(name="test", description="Post a feed's newest entry now, marked as a test")
    @app_commands.describe(feed=FEED)
    async def test(self, interaction: discord.Interaction, feed: str) -> None:
        async def work() -> Answer:
            tested = await self.services.previewing.test(manager_of(interaction).guild_id, feed)
            if tested.thread_id is None:
                place = f"<#{tested.channel_id}>"
                return Phrase(
                    _("The test is recorded, and I keep trying to post it in {channel}."), channel=place
                )
            return Phrase(_("The test stands here: {topic}"), topic=f"<#{tested.thread_id}>")

        await answer(interaction, work(), self.services.texts)

    @preview.autocomplete("feed")
    @test.autocomplete("feed")
    async def _suggest_feed_to_look_at(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_subscriptions(interaction, current)


def _examined(found: Examination, speaker: Speaker) -> Reply:
    stages = (
        _fetched(found, speaker),
        _parsed(found, speaker),
        _decided(found, speaker),
        _rendered(found, speaker),
    )
    text = "\n".join(line for stage in stages for line in stage)
    return Reply(
        text=Phrase(AS_IT_IS, text=cut(text, _LONGEST)),
        embed=discord.Embed.from_dict(as_discord(found.message.embeds[0])) if found.message else None,
    )


def _fetched(found: Examination, speaker: Speaker) -> Iterator[str]:
    fetched = found.look.fetched
    yield f"**{speaker.say('1. Fetched')}**"
    yield "-# " + speaker.say(
        "answer {status}, {size} bytes, in {time}",
        status=fetched.status,
        size=len(fetched.body or b""),
        time=_seconds(found),
    )
    yield from (f"-# {line}" for line in _headers(fetched, found.look.url, speaker))


def _seconds(found: Examination) -> str:
    return f"{found.look.took.total_seconds():.1f} s"


def _headers(fetched: Fetched, url: str, speaker: Speaker) -> Iterator[str]:
    if fetched.moved_to:
        yield speaker.say("moved for good to {url}", url=f"`{code(fetched.moved_to)}`")
    elif fetched.url != url:
        yield speaker.say("redirected for now to {url}", url=f"`{code(fetched.url)}`")
    if fetched.content_type:
        yield f"Content-Type: `{code(fetched.content_type)}`"
    if fetched.validators.etag:
        yield f"ETag: `{code(fetched.validators.etag)}`"
    if fetched.validators.last_modified:
        yield f"Last-Modified: `{code(fetched.validators.last_modified)}`"
    if fetched.max_age is not None:
        yield f"Cache-Control: `max-age={int(fetched.max_age.total_seconds())}`"


def _parsed(found: Examination, speaker: Speaker) -> Iterator[str]:
    yield f"**{speaker.say('2. Parsed')}**"
    feed, live = found.look.feed, found.look.live
    if live:
        yield "-# " + speaker.say_n(
            "a live blog with {count} update on the page",
            "a live blog with {count} updates on the page",
            len(live.updates),
        )
        yield "-# " + harmless(cut(clean(live.title), WHY))
    if feed is None:
        if not live:
            yield "-# " + harmless(cut(clean(found.look.problem), WHY))
        for each in found.look.candidates[:OFFERED]:
            yield "-# " + speaker.say("it offers {url}", url=f"`{code(each.url)}`")
        return
    facts = [
        f"**{harmless(cut(clean(feed.title), HEADLINE))}**" if feed.title else "",
        speaker.say_n("{count} entry", "{count} entries", len(feed.entries)),
        speaker.say("language `{language}`", language=code(feed.language)) if feed.language else "",
        speaker.say("wishes to be asked every {time}", time=lasting(feed.ttl)) if feed.ttl else "",
        speaker.say("pushed by {hub}", hub=f"`{code(feed.hubs[0])}`") if feed.hubs else "",
    ]
    yield "-# " + " · ".join(filter(None, facts))


def _decided(found: Examination, speaker: Speaker) -> Iterator[str]:
    if not found.verdicts:
        return
    yield f"**{speaker.say('3. New, or why not')}**"
    if not found.subscribed:
        yield "-# " + speaker.say("as if it were added now")
    if found.quarantined:
        yield "-# " + speaker.say("it is held back: nearly everything in it changed at once")
    yield "-# " + " · ".join(f"{fate}: {count}" for fate, count in sorted(found.fates.items()))
    for verdict in found.verdicts:
        yield f"- {_verdict(verdict, speaker)}"


def _verdict(verdict: Verdict, speaker: Speaker) -> str:
    title = harmless(cut(headline(verdict.seen.entry), HEADLINE))
    why = speaker.say(verdict.why.template, **verdict.why.params)
    due = f" {format_dt(verdict.at, 'R')}" if verdict.at else ""
    return f"{title}: {cut(why, WHY)}{due}"


def _rendered(found: Examination, speaker: Speaker) -> Iterator[str]:
    if not found.message:
        return
    yield f"**{speaker.say('4. Rendered')}**"
    yield "-# " + speaker.say("a thread named **{name}** that begins so:", name=harmless(found.name))
