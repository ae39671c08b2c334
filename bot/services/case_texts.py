"""A case in words, in one language: for the staff channel and for answers. Decides nothing, pings nobody.

Values are Discord Markdown; what people wrote is escaped, and stands where mentions are inert.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.cases import DELETED_USER, Actor, CaseEdit, Deed
from bot.domain.marking import escape
from bot.domain.records import CaseFile, Note
from bot.domain.text import cut
from bot.domain.topics import State
from bot.domain.wishes import Aspect, Value
from bot.domain.wording import _
from bot.texts import Speaker

STATES = {
    State.OPEN: _("Open"),
    State.CLOSED: _("Closed to further replies"),
    State.PENDING: _("Not posted yet"),
    State.GONE: _("Gone: its thread was deleted"),
}
OUTCOMES = {"done": _("done"), "pending": _("pending")}  # Any other tells in Discord's words why it failed.
DEEDS: dict[str, str] = {
    Deed.CLOSE: _("Closed"),
    Deed.REOPEN: _("Reopened"),
    Deed.SCHEDULE: _("Scheduled"),
    Deed.CANCEL: _("Timer cancelled"),
    Deed.KEEP_OPEN: _("Kept open"),
    Deed.SLOWMODE: _("Slow mode changed"),
    Deed.PIN: _("Pinned"),
    Deed.UNPIN: _("Unpinned"),
    Deed.RENAME: _("Renamed"),
    Deed.TAG: _("Tags changed"),
    Deed.MOVE: _("Moved"),
    Deed.UNDO: _("Taken back"),
    Deed.OPENED_BY_HOURS: _("Opened by weekly hours"),
    Deed.CLOSED_BY_HOURS: _("Closed by weekly hours"),
    Deed.LOCKED_BY_HAND: _("Locked by hand"),
    Deed.UNLOCKED_BY_HAND: _("Unlocked by hand"),
    Deed.UNARCHIVED_BY_HAND: _("Unarchived by hand"),
    Deed.DELETED: _("Deleted"),
    Deed.POST: _("Posted by hand"),
}
ASPECTS = {
    Aspect.SLOWMODE: _("Slow mode (seconds)"),
    Aspect.PINNED: _("Pinned"),
    Aspect.TAGS: _("Tags"),
    Aspect.NAME: _("Name"),
    Aspect.ARCHIVED: _("Archived"),
}
_REASON = 400
_SHORT = 120
_EDITS = 5

Field = tuple[str, str]


def moment(at: datetime, style: str = "F") -> str:
    """In the reader's own time zone and language, as Discord shows it."""
    return f"<t:{int(at.timestamp())}:{style}>"


def both(at: datetime) -> str:
    return f"{moment(at)} ({moment(at, 'R')})"


def who(actor: Actor, speaker: Speaker) -> str:
    if actor.user_id == DELETED_USER.user_id:
        return speaker.say("deleted user")
    return f"<@{actor.user_id}>" if actor.user_id else escape(actor.name) or speaker.say("unknown")


def deed_name(deed: str, speaker: Speaker) -> str:
    return speaker.say(DEEDS[deed]) if deed in DEEDS else deed


def fields(file: CaseFile, edits: Sequence[CaseEdit], speaker: Speaker) -> list[Field]:
    """Everything about a case, as labels with their values."""
    case, say = file.case, speaker.say
    told = [
        (say("What"), deed_name(case.deed, speaker)),
        (say("Topic"), _topic(file)),
        (say("By"), who(case.actor, speaker)),
        (say("When"), both(case.at)),
        (say("Reason"), escape(cut(case.reason, _REASON)) or say("none given")),
    ]
    if case.before is not case.after:
        told.append((say("State"), f"{say(STATES[case.before])} → {say(STATES[case.after])}"))
    if case.changes:
        told.append((say("Changes"), "\n".join(_changes(file, speaker))))
    told.append((say("Outcome"), outcome(case.outcome, speaker)))
    if file.undone_by is not None:
        told.append((say("Taken back by"), f"#{file.undone_by}"))
    if edits:
        told.append((say("Reason changed by"), "\n".join(_edit(edit, speaker) for edit in edits[-_EDITS:])))
    return told


def line(entry: CaseFile | Note, speaker: Speaker) -> str:
    """One entry of a list, at most 390 characters."""
    if isinstance(entry, Note):
        text = speaker.say(
            "Note by {person}: {text}",
            person=who(entry.author, speaker),
            text=escape(cut(entry.text, 2 * _SHORT)),
        )
        return f"📝 {moment(entry.at, 'f')} {text}"
    case = entry.case
    text = speaker.say(
        "{deed} by {person} in {topic}",
        deed=deed_name(case.deed, speaker),
        person=who(case.actor, speaker),
        topic=f"<#{entry.thread_id}>" if entry.thread_id else escape(cut(entry.topic_name, _SHORT)),
    )
    reason = f": {escape(cut(case.reason, _SHORT))}" if case.reason else ""
    became = "" if case.outcome == "done" else f" ({cut(outcome(case.outcome, speaker), 60)})"
    undone = f" ↩ #{entry.undone_by}" if entry.undone_by is not None else ""
    return f"**#{case.number}** {moment(case.at, 'f')} {text}{reason}{became}{undone}"


def outcome(text: str, speaker: Speaker) -> str:
    return speaker.say(OUTCOMES[text]) if text in OUTCOMES else escape(cut(text, _REASON))


def value(value: Value, speaker: Speaker) -> str:
    """An aspect's value, short."""
    match value:
        case bool():
            return speaker.say(_("yes") if value else _("no"))
        case tuple():
            return escape(cut(", ".join(value), _SHORT)) or "-"
        case _:
            return escape(cut(str(value), _SHORT))


def _topic(file: CaseFile) -> str:
    link = f"<#{file.thread_id}> " if file.thread_id else ""
    return f"{link}({escape(cut(file.topic_name, _SHORT))})"


def _changes(file: CaseFile, speaker: Speaker) -> list[str]:
    return [
        f"{speaker.say(ASPECTS[aspect])}: {value(before, speaker)} → {value(after, speaker)}"
        for aspect, (before, after) in file.case.changes.items()
    ]


def _edit(edit: CaseEdit, speaker: Speaker) -> str:
    before = escape(cut(edit.before, _SHORT)) or speaker.say("none given")
    return (
        f"{who(edit.editor, speaker)} {moment(edit.at, 'R')}: {speaker.say('it was {before}', before=before)}"
    )
