"""Every text that a feed or live blog can bring into Discord, in every place: it fits, pings nobody, is no markup."""

import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from bot.domain.entries import Entry, Image
from bot.domain.listing import Listed, list_entries
from bot.domain.live_messages import ShownUpdate, Words, message_of
from bot.domain.live_recaps import Place, day_recap
from bot.domain.messages import Embed, Message
from bot.domain.presenting import present, update_embed
from bot.domain.templates import Templates, check
from bot.domain.text import clean, units
from bot.parsing import parse
from bot.parsing.live import parse_live

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "corpus" / "hostile"
LIVE_MENTION = re.compile(r"@(?:everyone|here)|<(?:@|#|/|a?:\w|t:|id:)", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s\\]+")
MARKUP = re.compile(r"[*_~`|<>\[\]]|^\s*(?:#{1,3}|-#|[-+>]|>>>|\d+\.)\s", re.MULTILINE)
URL = "https://n.example/a"
USUAL = Templates()
# Each value where it could do harm: bare, in emphasis, as a link's text, after half a mention.
OWN = Templates(
    name="@{{ title }} <{{ authors }} {{ caption }}",
    starter="{{ title }}\n**{{ authors }}** [{{ caption }}]({{ link }})\n> {{ categories }}\n<@{{ publisher }}",
    update="@{{ title }} <{{ authors }} __{{ caption }}__ {{ summary }}",
)

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the shared corpus is not here")


@cache
def texts() -> frozenset[str]:
    return frozenset(_texts())


def _texts() -> Iterator[str]:
    for name in ("discord_titles", "discord_bodies"):
        yield from json.loads((CORPUS / f"{name}.json").read_text("utf-8"))
        for entry in parse(URL, (CORPUS / f"{name}.xml").read_bytes(), "application/xml").entries:
            yield from filter(None, (entry.title, entry.body, entry.image and entry.image.caption))
    reading = parse_live(URL, (CORPUS / "ld_mentions.html").read_bytes(), "text/html")
    assert reading is not None
    for update in reading.updates:
        yield from (update.title, update.body)


def everywhere(text: str, *, body: str) -> Entry:
    return Entry(
        link=URL,
        title=text,
        body=body,
        image=Image(url="https://n.example/i.jpg", caption=text),
        authors=(text, text),
        categories=(text,),
    )


def presented(text: str, entry: Entry) -> Iterator[tuple[str, Message, Embed]]:
    for templates in (USUAL, OWN):
        check(templates)
        name, message = present(entry, templates, publisher=text, publisher_link=None, topic_id=7)
        yield name, message, update_embed(entry, templates, publisher=text)


def shown(name: str, message: Message, update: Embed) -> Iterator[tuple[str, int]]:
    """Each text with Discord's limit for it."""
    yield name, 100
    yield message.content, 2000
    yield from ((button.label, 80) for button in message.buttons)
    for embed in (*message.embeds, update):
        yield from (
            (embed.title, 256),
            (embed.description, 4096),
            (embed.author, 256),
            (embed.footer, 2048),
        )


def is_markup(markdown: str) -> bool:
    """Whether anything is left that Discord's client could take for markup, beside escapes and addresses."""
    return MARKUP.search(re.sub(r"\\.", "x", ADDRESS.sub("x", markdown))) is not None


def read(markdown: str) -> str:
    """What a person reads where there is no markup but escapes."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", markdown).replace("\u200b", "")


def test_the_corpus_brings_mentions_and_markup() -> None:
    assert 150 < len(texts())
    assert 10 < sum(LIVE_MENTION.search(text) is not None for text in texts())
    assert 50 < sum(is_markup(text) for text in texts())


def test_no_text_pings_or_overflows_in_any_place() -> None:
    for text in texts():
        for body in (text, html.escape(text), f"<p>{text}</p>" * 50):
            for parts in presented(text, everywhere(text, body=body)):
                for written, limit in shown(*parts):
                    assert not LIVE_MENTION.search(written)
                    assert units(written) <= limit
                    assert written == written.encode().decode()


def test_no_plain_text_becomes_markup() -> None:
    """Headlines, captions, and bodies whose markup the publisher escaped."""
    for text in texts():
        _, message = present(
            everywhere(text, body=html.escape(text)), USUAL, publisher="", publisher_link=None, topic_id=7
        )
        update = update_embed(everywhere(text, body=""), USUAL)

        description = message.embeds[0].description
        for written in (message.embeds[0].title, update.title, re.sub(r"\n-# .*\Z", "", description)):
            assert not is_markup(written)


@pytest.mark.parametrize("value", ["title", "caption", "publisher", "authors|first", "categories|first"])
def test_a_value_of_a_template_reads_as_the_publisher_wrote_it(value: str) -> None:
    templates = Templates(starter=f"{{{{ {value} }}}}")
    for text in texts():
        if not clean(text) or units(text) > 250:
            continue
        _, message = present(
            everywhere(text, body=""), templates, publisher=text, publisher_link=None, topic_id=7
        )
        written = message.embeds[0].description

        assert not is_markup(written)
        if "://" not in text:  # Markup within an address is percent-encoded.
            assert clean(text) == read(written)


def test_markup_of_a_template_is_the_only_markup() -> None:
    """What stands between a template's own markers is inert, so they are what Discord's client sees."""
    templates = Templates(starter="**{{ title }}** [{{ title }}]({{ link }})")
    for text in texts():
        _, message = present(
            everywhere(text, body="b"), templates, publisher="", publisher_link=None, topic_id=7
        )
        found = re.fullmatch(r"\*\*(.*)\*\* \[(.*)\]\(https://n\.example/a\)", message.embeds[0].description)

        assert found is not None
        assert not is_markup(found[1])
        assert found[1] == found[2]


WORDS = Words(withdrawn="Withdrawn.", earlier=str, recap=str, day_recap=str, more=str, successor=str)
PLACE = Place(guild_id=1, thread_id=2, zone="UTC")
NOON = datetime(2026, 2, 17, 12, tzinfo=UTC)


def test_a_digest_lists_links_and_nothing_else() -> None:
    for text in texts():
        name, messages = list_entries(
            [Listed(entry_id=1, title=text, link=URL), Listed(entry_id=2, title=text)],
            publisher=text,
            topic_id=7,
        )
        linked, bare = messages[0].embeds[0].description.split("\n")

        assert not LIVE_MENTION.search(name + linked + bare)
        found = re.fullmatch(r"1\. \[(.*)\]\(https://n\.example/a\)", linked)
        assert found is not None
        assert not is_markup(found[1])
        assert not is_markup(bare.removeprefix("2. "))


@pytest.mark.parametrize("withdrawn", [False, True])
def test_updates_that_share_a_message_and_their_recap_are_inert(withdrawn: bool) -> None:
    for text in texts():
        entry = everywhere(text, body=html.escape(text))
        update = ShownUpdate(update_id=1, entry=entry, at=NOON, message_id=3, withdrawn=withdrawn)
        message = message_of([update] * 10, OWN, WORDS)
        recap = day_recap([update], NOON.date(), PLACE, WORDS).embeds[0].description

        assert sum(units(embed.title) + units(embed.description) for embed in message.embeds) <= 6000
        for embed in message.embeds:
            assert not LIVE_MENTION.search(embed.title + embed.description + embed.author)
            assert not is_markup(re.sub(r"\A~~|~~\Z", "", embed.title))
        for line in recap.split("\n")[1:]:
            found = re.fullmatch(r"<t:\d+:t> \[(.*)\]\(https://discord\.com/channels/1/2/3\)|", line)
            assert found is not None
            assert not is_markup(found[1] or "")
