"""An item that a moderator posts by hand, and what is shown of it. Pure: no clock, no I/O."""

import html
import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from bot.domain.entries import Entry, Image, ParsedFeed
from bot.domain.markdown import to_markdown
from bot.domain.messages import Button, Message
from bot.domain.presenting import present
from bot.domain.rendering import DESCRIPTION_LIMIT
from bot.domain.templates import Templates
from bot.domain.text import cut, is_blank, plain
from bot.domain.urls import for_discord, site
from bot.errors import RefusedError

# As many characters as the form takes; all of them are shown.
LONGEST_TITLE, LONGEST_TEXT, LONGEST_LINK = 200, 1_500, 500
_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,:;!?'\])}]", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([^\w\s])")  # What an embed shows is Markdown.
_LINK = re.compile(rf"<{_URL.pattern}>|{_URL.pattern}", re.IGNORECASE)
_HEADING = re.compile(r"^#{1,3} +")
_EMPHASIS = re.compile(r"(\*{1,3}|__|~~|\|\||`)(?=\S)(.+?)(?<=\S)\1")
_PARAGRAPHS = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Texts are plain. `link` and `image_url` are fit for Discord; `original`: the message that is posted again."""

    title: str = ""
    link: str | None = None
    text: str = ""
    image_url: str | None = None
    publisher: str = ""
    original: str | None = None
    published_at: datetime | None = None

    def filled_in(self, page: "Item") -> "Item":
        """What the page says; but the headline that a person typed stays, and so does the message it came from."""
        typed = self.title if self.original is None else ""
        return replace(page, title=typed or page.title, original=self.original)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An item and where it is to stand. `tags` are names."""

    item: Item
    channel_id: int
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """What a message shows to be posted again. The first of its embeds counts."""

    url: str
    content: str = ""
    title: str = ""
    link: str | None = None
    text: str = ""
    image_url: str | None = None
    publisher: str = ""


def item_of_page(page: ParsedFeed) -> Item:
    """What a page's reading (one entry) fills the form with."""
    [entry] = page.entries
    return Item(
        title=cut(entry.title, LONGEST_TITLE),
        link=for_discord(entry.link, limit=LONGEST_LINK),
        text=cut(plain(entry.body), LONGEST_TEXT),
        image_url=for_discord(entry.image.url, limit=LONGEST_LINK) if entry.image else None,
        publisher=page.title,
        published_at=entry.published_at,
    )


def item_of_message(seen: Glimpse) -> Item:
    """What a message fills the form with: its embed, else its first line as headline and its first link."""
    found = _URL.search(seen.content)
    first, _, rest = _LINK.sub("", seen.content).strip().partition("\n")
    title, text = _ESCAPE.sub(r"\1", seen.title), _ESCAPE.sub(r"\1", seen.text)
    return Item(
        title=cut(plain(title or _without_markup(first)), LONGEST_TITLE),
        link=for_discord(seen.link or (found[0] if found else None), limit=LONGEST_LINK),
        text=cut((text if title or text else rest).strip(), LONGEST_TEXT),
        image_url=for_discord(seen.image_url, limit=LONGEST_LINK),
        publisher=plain(seen.publisher),
        original=seen.url,
    )


def _without_markup(line: str) -> str:
    """A line that somebody wrote in Discord, as its readers see it."""
    return _EMPHASIS.sub(r"\2", _HEADING.sub("", line))


def checked(typed: Item, before: Item) -> Item:
    """What was typed into the form that showed `before`, fit to post. Raises RefusedError for what cannot be shown."""
    if is_blank(typed.title):
        raise RefusedError("An item needs a headline.")
    link = _address(typed.link)
    return replace(
        typed,
        title=typed.title.strip(),
        link=link,
        text=typed.text.strip(),
        image_url=_address(typed.image_url),
        publisher=typed.publisher.strip(),
        # Another page was published at another time.
        published_at=typed.published_at if link == before.link else None,
    )


def _address(typed: str | None) -> str | None:
    if typed is None or not typed.strip():
        return None
    address = for_discord(typed, limit=LONGEST_LINK)
    if address is None:
        raise RefusedError(
            "I cannot use the address `{address}`: give a whole one, from https:// on.", address=typed
        )
    return address


def compose(item: Item, topic_id: int, original: str) -> tuple[str, Message]:
    """The thread's name and its starter. `original` labels the button to the message that is posted again."""
    entry = Entry(
        title=item.title,
        link=item.link,
        body=_html(item.text),
        image=Image(url=item.image_url) if item.image_url else None,
        published_at=item.published_at,
    )
    publisher = item.publisher or site(item.link)
    name, starter = present(entry, Templates(), publisher=publisher, publisher_link=None, topic_id=topic_id)
    text = to_markdown(entry.body, limit=DESCRIPTION_LIMIT).text
    starter = replace(starter, embeds=(replace(starter.embeds[0], description=text),))
    if item.original is not None:
        link = Button(label=original, url=item.original)
        starter = replace(starter, buttons=(*starter.buttons, link))
    return name, starter


def _html(text: str) -> str:
    """What a person typed, as paragraphs: nothing in it is markup."""
    paragraphs = (html.escape(part.strip()).replace("\n", "<br>") for part in _PARAGRAPHS.split(text))
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph)


def to_json(order: Order) -> str:
    at = order.item.published_at
    fields = asdict(order)
    fields["item"]["published_at"] = at.isoformat() if at else None
    return json.dumps(fields)


def from_json(payload: str) -> Order:
    """What `to_json` wrote."""
    fields = json.loads(payload)
    item = fields.pop("item")
    at = item.pop("published_at")
    return Order(
        item=Item(published_at=datetime.fromisoformat(at) if at else None, **item),
        channel_id=fields["channel_id"],
        tags=tuple(fields["tags"]),
    )
