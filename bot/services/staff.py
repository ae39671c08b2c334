"""Every case as one message in the guild's staff channel, edited in place when the case changes. Pings nobody.

Record, act, confirm: a change of a case marks its message as due; this makes Discord show it. What was perhaps sent is
looked up before it is sent again. A message that staff deleted is not sent again: people win.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.domain.messages import Embed, Message, content_hash
from bot.domain.policies import Policy
from bot.domain.records import CaseFile
from bot.domain.rendering import DESCRIPTION_LIMIT
from bot.domain.staff import StaffMessage, StaffStep, next_staff_step
from bot.domain.text import cut
from bot.errors import (
    AmbiguousError,
    ForumError,
    GoneError,
    MissingAccessError,
    RejectedError,
    UnavailableError,
)
from bot.ports import Clock, Forum, RecordStore, StaffStore
from bot.services.case_texts import fields
from bot.texts import ENGLISH, Texts

log = logging.getLogger(__name__)

BATCH = 50
SETTLING = timedelta(seconds=3)  # A request that was cut off may still be on its way.
SHORT_WAIT = timedelta(seconds=30)
LONG_WAIT = timedelta(hours=1)  # Until somebody gives the bot its permission.


class PolicySource(Protocol):
    async def of(self, guild_id: int, channel_id: int = 0) -> Policy:
        """What holds in the channel."""


@dataclass(frozen=True, slots=True)
class _Work:
    """A message, where it belongs and what it should say."""

    message: StaffMessage
    place: int
    wanted: Message


class StaffChannel:
    def __init__(
        self,
        staff: StaffStore,
        records: RecordStore,
        policies: PolicySource,
        forum: Forum,
        clock: Clock,
        *,
        texts: Texts,
    ) -> None:
        self._staff = staff
        self._records = records
        self._policies = policies
        self._forum = forum
        self._clock = clock
        self._texts = texts

    async def show_guild(self, guild_id: int) -> None:
        """Work on all of a guild's due messages, in the order of its cases."""
        while due := await self._staff.due(guild_id, self._clock.now(), BATCH):
            for message in due:
                if not await self._show(message):
                    return

    async def _show(self, message: StaffMessage) -> bool:
        """False where the guild's channel should be left alone for now."""
        work = await self._work(message)
        if work is None:
            await self._staff.drop(message.case_id)
            return True
        step = next_staff_step(message, work.wanted)
        if step is None:
            await self._staff.settle(message)
            return True
        try:
            await self._take(step, work)
        except ForumError as error:
            return await self._postpone(step, work, error)
        return True

    async def _work(self, message: StaffMessage) -> _Work | None:
        file = await self._records.file_of(message.case_id)
        if file is None:
            return None
        policy = await self._policies.of(message.guild_id, file.channel_id)
        place = message.channel_id or policy.staff_channel_id
        return _Work(message, place, await self._render(file, policy)) if place else None

    async def _render(self, file: CaseFile, policy: Policy) -> Message:
        speaker = self._texts.speaker(policy.locale or ENGLISH)
        told = fields(file, await self._records.edits(file.case.case_id), speaker)
        text = "\n".join(f"**{label}:** {value}" for label, value in told)
        # The content tells one message from another where a lost one is looked for.
        return Message(
            content=speaker.say("Case #{number}", number=file.case.number),
            embeds=(Embed(description=cut(text, DESCRIPTION_LIMIT)),),
        )

    async def _take(self, step: StaffStep, work: _Work) -> None:
        case_id = work.message.case_id
        if step is StaffStep.SEND:
            await self._staff.mark_attempt(case_id, work.place, work.wanted, self._clock.now())
            message_id = await self._forum.send(work.place, work.wanted, work.message.nonce)
            await self._staff.confirm(case_id, message_id, content_hash(work.wanted))
        elif step is StaffStep.LOOK_UP:
            await self._look_up(work)
        else:
            assert work.message.message_id is not None
            await self._forum.edit(work.place, work.message.message_id, work.wanted)
            await self._staff.confirm(case_id, work.message.message_id, content_hash(work.wanted))

    async def _look_up(self, work: _Work) -> None:
        message = work.message
        assert message.attempted is not None
        assert message.attempted_at is not None
        if self._clock.now() < message.attempted_at + SETTLING:
            raise AmbiguousError("waiting to see what became of the last request")
        message_id = await self._forum.find_message(work.place, message.attempted, message.attempted_at)
        if message_id is None:
            await self._staff.clear_attempt(message.case_id)
        else:
            await self._staff.confirm(message.case_id, message_id, content_hash(message.attempted))

    async def _postpone(self, step: StaffStep, work: _Work, error: ForumError) -> bool:
        """Who can mend it, and when to try again. False where the whole guild has to wait."""
        case_id = work.message.case_id
        if isinstance(error, AmbiguousError):
            await self._staff.put_off(case_id, self._clock.now() + SETTLING)
            return True
        if step is StaffStep.EDIT and isinstance(error, GoneError | RejectedError):
            log.info("staff message of case %s is left as it is: %s", case_id, error)
            assert work.message.message_id is not None
            await self._staff.confirm(case_id, work.message.message_id, content_hash(work.wanted))
            return True
        if isinstance(error, RejectedError):
            log.error("guild %s: Discord refuses a staff message: %s", work.message.guild_id, error)
            await self._staff.drop(case_id)
            return True
        if step is StaffStep.SEND or isinstance(error, GoneError):
            await self._staff.clear_attempt(case_id)
        await self._staff.put_off_guild(work.message.guild_id, self._clock.now() + _patience(error))
        log.warning("guild %s: its staff channel cannot be told now: %s", work.message.guild_id, error)
        return False


def _patience(error: ForumError) -> timedelta:
    if isinstance(error, UnavailableError):
        return max(error.retry_after or timedelta(), SHORT_WAIT)
    assert isinstance(error, MissingAccessError | GoneError)
    return LONG_WAIT
