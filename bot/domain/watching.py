"""What people did to a thread behind our back, folded into its story. Pure.

A person wins over the bot. Only where the channel's policy enforces our closes is an unlocking taken back, and that not
for ever.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.cases import Actor, Case, Deed
from bot.domain.moderating import SETTLED_BY_CLOSING, SETTLED_BY_REOPENING, Ruling, fold, lift
from bot.domain.topics import MessageKind, Sighting, State, Story, Topic, is_outdated, observe
from bot.domain.wishes import Aspect

MOST_TAKEN_BACK = 3  # in an hour, of one topic
HOUR = timedelta(hours=1)
TAKEN_BACK = "taken back: the policy of this channel enforces closes"
GIVEN_UP = f"left as it is: undone by hand {MOST_TAKEN_BACK} times within an hour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What Discord shows, and who made it so. `actor` None: ourselves, by a request that was late.

    `enforced`: an unlocking is to be taken back; `given_up`: it would be, had it not happened so often.
    """

    seen: Sighting
    actor: Actor | None
    at: datetime
    case_id: int
    overruled: str
    unwarned: str
    enforced: bool = False
    given_up: bool = False


def mirror(topic: Topic, seen: Sighting) -> Topic:
    """The topic with what Discord shows; what we want of it stays. Put to sleep, it sleeps again after our work."""
    if is_outdated(topic, seen):
        return topic
    mirrored = observe(replace(topic, shown=State.PENDING), seen)  # As if work of ours were under way.
    return replace(mirrored, rearchive=topic.rearchive or (seen.archived and not topic.archived))


def agrees(topic: Topic, seen: Sighting) -> bool:
    return mirror(topic, seen) == topic


def has_consequences(topic: Topic, seen: Sighting) -> bool:
    """Whether something would follow, so that news of it, which may be late or out of order, has to be proven first."""
    shown = mirror(topic, seen)
    return (shown.shown, shown.archived, shown.name) != (topic.shown, topic.archived, topic.name)


def is_by_hand(topic: Topic, seen: Sighting) -> bool:
    """Locked or unlocked while nothing of our own was under way: by people."""
    return topic.state is topic.shown is not mirror(topic, seen).shown


def is_woken(topic: Topic, seen: Sighting) -> bool:
    return topic.archived and not seen.archived


def fold_in(story: Story, evidence: Evidence) -> Ruling:
    """The story as people left the thread, or as it shall be shown again."""
    story = _without_overtaken_rename(story, evidence.seen)
    if is_by_hand(story.topic, evidence.seen):
        if evidence.actor is None:
            return Ruling(story=replace(story, topic=mirror(story.topic, evidence.seen)))
        return _locked(story, evidence) if evidence.seen.locked else _unlocked(story, evidence)
    if _is_undone(story.topic, evidence.seen) and evidence.enforced and evidence.actor is not None:
        return _take_back(story, evidence, Deed.UNARCHIVED_BY_HAND)
    return Ruling(story=replace(story, topic=mirror(story.topic, evidence.seen)))


def needs_an_actor(topic: Topic, seen: Sighting) -> bool:
    """Whether it matters who did it."""
    return is_by_hand(topic, seen) or _is_undone(topic, seen)


def deed_of(topic: Topic, seen: Sighting) -> Deed:
    """What was done by hand, for a sighting that needs an actor."""
    if not is_by_hand(topic, seen):
        return Deed.UNARCHIVED_BY_HAND
    return Deed.LOCKED_BY_HAND if seen.locked else Deed.UNLOCKED_BY_HAND


def vanished(topic: Topic, actor: Actor, *, at: datetime, case_id: int, batch_id: int | None) -> Case:
    """The last case of a topic: its thread was deleted. Those of one deleted channel share a `batch_id`."""
    assert topic.guild_id is not None
    return Case(
        case_id=case_id,
        guild_id=topic.guild_id,
        topic_id=topic.topic_id,
        deed=Deed.DELETED,
        actor=actor,
        reason="",
        before=topic.state,
        after=State.GONE,
        at=at,
        outcome="done",
        batch_id=batch_id,
    )


def _is_undone(topic: Topic, seen: Sighting) -> bool:
    """A closed topic that slept was unarchived."""
    return topic.state is topic.shown is State.CLOSED and is_woken(topic, seen)


def _locked(story: Story, evidence: Evidence) -> Ruling:
    """Adopted: closed without a notice of ours."""
    topic = replace(observe(story.topic, evidence.seen), rearchive=False, disarmed=False)
    after = lift(replace(story, topic=topic), MessageKind.WARNING, evidence.unwarned)
    return Ruling(
        story=after,
        case=_case(evidence, Deed.LOCKED_BY_HAND, story.topic, topic),
        settles=SETTLED_BY_CLOSING,
    )


def _unlocked(story: Story, evidence: Evidence) -> Ruling:
    """Open, and no policy closes it again; its notice says so. One that has to be woken for that sleeps again after."""
    if evidence.enforced:
        return _take_back(story, evidence, Deed.UNLOCKED_BY_HAND)
    after = fold(story, evidence.seen, evidence.overruled)
    topic = replace(after.topic, disarmed=True, rearchive=evidence.seen.archived)
    return Ruling(
        story=replace(after, topic=topic),
        case=_case(evidence, Deed.UNLOCKED_BY_HAND, story.topic, topic),
        settles=SETTLED_BY_REOPENING,
    )


def _take_back(story: Story, evidence: Evidence, deed: Deed) -> Ruling:
    """Still closed to us, open in Discord: what is wanted is shown again, and sleeps again where it slept."""
    topic = replace(mirror(story.topic, evidence.seen), rearchive=story.topic.archived)
    return Ruling(story=replace(story, topic=topic), case=_case(evidence, deed, story.topic, topic))


def _without_overtaken_rename(story: Story, seen: Sighting) -> Story:
    """A name that people gave is not replaced by one we wished for before."""
    wished = next((wish.value for wish in story.wishes if wish.aspect is Aspect.NAME), None)
    if seen.name in (story.topic.name, wished):
        return story
    return replace(story, wishes=tuple(wish for wish in story.wishes if wish.aspect is not Aspect.NAME))


def _case(evidence: Evidence, deed: Deed, before: Topic, after: Topic) -> Case:
    assert evidence.actor is not None
    reason = ""
    if deed is not Deed.LOCKED_BY_HAND:
        reason = TAKEN_BACK if evidence.enforced else GIVEN_UP if evidence.given_up else ""
    return Case(
        case_id=evidence.case_id,
        guild_id=evidence.seen.guild_id,
        topic_id=after.topic_id,
        deed=deed,
        actor=evidence.actor,
        reason=reason,
        before=before.state,
        after=after.state,
        at=evidence.at,
    )
