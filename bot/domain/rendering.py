"""An entry -> what Discord shows: the thread's name and the message that starts it, or a live blog's update. Pure.

Never: a text of a feed that pings, breaks out of its markup, or exceeds a limit of Discord. An embed's title
and description are Markdown and escaped; a footer, a button and a thread's name are shown as they stand.
Limits: Discord's documentation, "Channel Resource" and "Message Resource".
"""

from typing import Final

from bot.domain import marking
from bot.domain.entries import Entry
from bot.domain.markdown import to_markdown
from bot.domain.messages import Button, Embed, Message
from bot.domain.text import clean, cut, defuse, is_blank, units
from bot.domain.urls import for_discord

NAME_LIMIT: Final = 100
TITLE_LIMIT: Final = 256
DESCRIPTION_LIMIT: Final = 4096
AUTHOR_LIMIT: Final = 256
FOOTER_LIMIT: Final = 2048
LABEL_LIMIT: Final = 80
BUTTON_URL_LIMIT: Final = 512
EMBED_LIMIT: Final = 6000

UNTITLED: Final = "Untitled"
SUMMARY: Final = 800  # A summary to read in a list of messages; the article is behind the link.
UPDATE: Final = 2000  # An update is the whole of it; three of the longest still share a message.
_CAPTION = 200
_HEADLINE = 120
_PUBLISHER = 100


def headline(entry: Entry) -> str:
    """The entry's title; where there is none, the beginning of its text; where there is none, "Untitled"."""
    if not is_blank(entry.title):
        return clean(entry.title)
    blocks = to_markdown(entry.body, limit=SUMMARY).blocks
    beginning = clean(blocks[0].text) if blocks else ""
    return UNTITLED if is_blank(beginning) else cut(beginning, _HEADLINE)


def thread_name(title: str, prefix: str = "[News] ") -> str:
    """Prefix and title in at most 100 characters, counted as code points or as UTF-16 units alike.

    The title is cut at a word with "…", the prefix is never lost nor doubled, the name never empty. Names
    show no Markdown, so nothing is escaped; mentions are broken all the same, for places that quote a name.
    """
    text = clean(title)
    while prefix.strip() and text.startswith(prefix.strip()):
        text = text.removeprefix(prefix.strip()).lstrip()
    if is_blank(text):
        text = UNTITLED
    room = NAME_LIMIT - units(prefix)
    name = prefix + _fitted(text, room)
    return name if units(name) <= NAME_LIMIT else cut(name, NAME_LIMIT)


def starter(
    entry: Entry,
    *,
    publisher: str,
    publisher_link: str | None,
    follow_id: str,
    mention_role_id: int | None = None,
    text: str | None = None,
) -> Message:
    """The message that starts the entry's thread.

    An embed with the linked headline, a summary (or `text`, Markdown within the limit), the picture with its
    caption, the publisher's name and the time; a button to the article (to `publisher_link` where the entry has
    no address of its own) and a *Follow* button whose `custom_id` is `follow_id`. Its content is the mention of
    `mention_role_id`, if any.
    """
    name = cut(clean(publisher), _PUBLISHER)
    embed = Embed(
        title=_fitted_title(headline(entry)),
        url=for_discord(entry.link),
        description=_described(entry, SUMMARY) if text is None else text,
        image_url=_image_url(entry),
        footer=defuse(name),
        timestamp=entry.published_at or entry.revised_at,
    )
    return Message(
        content=f"<@&{mention_role_id}>" if mention_role_id is not None else "",
        embeds=(embed,),
        buttons=(
            *_read_button(entry.link or publisher_link, name),
            Button(label="Follow", custom_id=follow_id),
        ),
        mention_role_id=mention_role_id,
    )


def update(entry: Entry, *, publisher: str = "", text: str | None = None) -> Embed:
    """A live blog's update: its headline, if it has one, its text (or `text`) and picture, who wrote it and when.

    A headline that only says how the text begins is left out. The embed is never empty, which Discord refuses.
    """
    image_url = _image_url(entry)
    description = _described(entry, UPDATE) if text is None else text
    repeats = text is None and _is_said_by(entry.title, description)
    title = "" if repeats or is_blank(entry.title) else _fitted_title(clean(entry.title))
    return Embed(
        title=title if title or description or image_url else UNTITLED,
        url=for_discord(entry.link),
        description=description,
        image_url=image_url,
        author=_fitted(clean(", ".join(entry.authors)), AUTHOR_LIMIT),
        footer=defuse(cut(clean(publisher), _PUBLISHER)),
        timestamp=entry.published_at or entry.revised_at,
    )


def _image_url(entry: Entry) -> str | None:
    return for_discord(entry.image.url) if entry.image else None


def _is_said_by(title: str, description: str) -> bool:
    """Whether a text begins with its headline, as where a site makes headlines of the first words."""
    beginning = marking.escape(title.strip().rstrip("….")).casefold()
    before, found, after = description.casefold().partition(beginning) if beginning else ("", "", "")
    return bool(found) and not before.strip("*_#> ") and not after[:1].isalnum()


def _described(entry: Entry, limit: int) -> str:
    """At most `limit` units of the text, and the caption of a picture that can be shown as small print below it."""
    summary = to_markdown(entry.body, base_url=entry.link, limit=limit).text
    caption = clean(entry.image.caption) if entry.image and _image_url(entry) else ""
    if is_blank(caption) or _repeats(caption, headline(entry)):
        return summary
    return f"{summary}\n-# {marking.escape(cut(caption, _CAPTION))}".strip()


def _repeats(caption: str, title: str) -> bool:
    """Whether an alt text is only the headline again, whole or in part."""
    one, other = caption.casefold(), title.casefold()
    return one in other or other in one


def _read_button(link: str | None, name: str) -> tuple[Button, ...]:
    url = for_discord(link, limit=BUTTON_URL_LIMIT)
    if url is None:
        return ()
    label = f"Read at {name}" if not is_blank(name) else "Read the article"
    return (Button(label=_fitted(label, LABEL_LIMIT), url=url),)


def _fitted(text: str, room: int) -> str:
    """The text cut so that it fits with its mentions broken."""
    limit = room
    while units(fitted := defuse(cut(text, limit))) > room and limit > 0:
        limit -= units(fitted) - room
    return fitted


def _fitted_title(text: str) -> str:
    """The text cut so that it fits as escaped Markdown."""
    limit = TITLE_LIMIT
    while units(title := marking.escape(cut(text, limit))) > TITLE_LIMIT:
        limit -= max(1, (units(title) - TITLE_LIMIT) // 2)
    return title
