"""Changes of a thread's name, tags, slow mode and pin, a move, and taking any of it back. Pure.

Each change is a wish and a case that tells the value before and after; undoing restores only what is still so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.cases import Case, Deed
from bot.domain.moderating import Order, Ruling, case_of, close, fold, reopen, value_of, with_wishes
from bot.domain.rendering import thread_name
from bot.domain.topics import State, Story, Topic
from bot.domain.wishes import Aspect, Value
from bot.errors import RefusedError

MOST_TAGS = 5  # Discord, "Start Thread in Forum or Media Channel".


def shape(story: Story, order: Order, deed: Deed, wanted: Mapping[Aspect, Value]) -> Ruling:
    """Wish for other values. Raises RefusedError where all of them are so already."""
    folded = fold(story, order.seen, order.notices.overruled)
    changes = {
        aspect: (before, value)
        for aspect, value in wanted.items()
        if (before := value_of(order.seen, aspect)) != value
    }
    if not changes:
        raise RefusedError("It is so already; nothing was changed.")
    case = replace(case_of(order, deed, folded.topic, folded.topic), changes=changes)
    return Ruling(
        story=with_wishes(folded, order, {a: after for a, (_, after) in changes.items()}), case=case
    )


def new_name(topic: Topic, typed: str) -> str:
    """The name as it fits Discord; a news topic keeps its prefix."""
    name = " ".join(typed.split())
    if not name:
        raise RefusedError("A topic needs a name.")
    return thread_name(name.removeprefix("[News] ")) if topic.entry_id else thread_name(name, prefix="")


def retagged(current: Sequence[str], add: Sequence[str], remove: Sequence[str]) -> tuple[str, ...]:
    """The tags after adding and removing. Raises RefusedError for more than Discord's five."""
    kept = [tag for tag in current if tag not in remove]
    tags = tuple(dict.fromkeys([*kept, *add]))
    if len(tags) > MOST_TAGS:
        raise RefusedError("A topic can have five tags at most; remove one first.")
    return tags


def undo(story: Story, order: Order, case: Case) -> Ruling:
    """Take a case back, as far as the topic is still as the case left it. Raises RefusedError where nothing is left."""
    if case.undone_by is not None:
        raise RefusedError("Case #{number} was taken back already.", number=case.number)
    folded = fold(story, order.seen, order.notices.overruled)
    restored = {
        aspect: (after, before)
        for aspect, (before, after) in case.changes.items()
        if value_of(order.seen, aspect) == after
    }
    flips = case.before is not case.after and folded.topic.state is case.after
    if not restored and not flips:
        raise RefusedError(
            "Nothing of case #{number} is left to take back: others changed it since.", number=case.number
        )
    flipped = _flip(folded, order, case) if flips else Ruling(story=folded)
    after = with_wishes(flipped.story, order, {aspect: value for aspect, (_, value) in restored.items()})
    taken_back = replace(case_of(order, Deed.UNDO, folded.topic, after.topic), changes=restored)
    return replace(flipped, story=after, case=taken_back, undoes=(case.case_id,))


def _flip(story: Story, order: Order, case: Case) -> Ruling:
    return reopen(story, order) if case.after is State.CLOSED else close(story, order)
