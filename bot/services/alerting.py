"""Tells a guild's staff channel, once, what is wrong with its news. Pings nobody.

Record, act, confirm: the transaction that finds it out stores the alert; this sends it. What was perhaps sent is looked
up before it is sent again. Where a guild has no staff channel, its operator's log has to do.
"""

import logging
from datetime import timedelta
from typing import Protocol

from bot.domain.alerts import WaitingAlert
from bot.domain.marking import escape
from bot.domain.messages import Message
from bot.domain.policies import Policy
from bot.domain.text import cut
from bot.errors import AmbiguousError, ForumError, RejectedError, UnavailableError
from bot.ports import AlertStore, Clock, Forum
from bot.texts import ENGLISH, Texts

log = logging.getLogger(__name__)

SETTLING = timedelta(seconds=3)  # A request that was cut off may still be on its way.
SHORT_WAIT = timedelta(seconds=30)
LONG_WAIT = timedelta(hours=1)  # Until somebody gives the bot its permission.
LONGEST_WAIT = timedelta(days=2)  # By then it is no news.
_CONTENT = 2000  # Discord, "Create Message".


class PolicySource(Protocol):
    async def of(self, guild_id: int, channel_id: int = 0) -> Policy:
        """What holds in the channel."""


class Alerting:
    def __init__(
        self, alerts: AlertStore, policies: PolicySource, forum: Forum, clock: Clock, *, texts: Texts
    ) -> None:
        self._alerts = alerts
        self._policies = policies
        self._forum = forum
        self._clock = clock
        self._texts = texts

    async def tell(self, alert_id: int) -> None:
        waiting = await self._alerts.get(alert_id)
        if waiting is None:
            return
        try:
            if waiting.attempted_at is None:
                await self._send(waiting)
            else:
                await self._look_up(waiting)
        except ForumError as error:
            await self._postpone(waiting, error)

    async def _send(self, waiting: WaitingAlert) -> None:
        alert = waiting.alert
        channel = await self._forum.channel(alert.channel_id)
        policy = await self._policies.of(channel.guild_id, alert.channel_id)
        if policy.staff_channel_id is None:
            return await self._alerts.drop(alert.alert_id)
        told = {
            name: escape(each) if isinstance(each, str) else each for name, each in alert.text.params.items()
        }
        text = self._texts.say(policy.locale or ENGLISH, alert.text.template, **told)
        message = Message(content=cut(text, _CONTENT))
        await self._alerts.mark_attempt(alert.alert_id, policy.staff_channel_id, message, self._clock.now())
        await self._forum.send(policy.staff_channel_id, message, waiting.nonce)
        return await self._alerts.drop(alert.alert_id)

    async def _look_up(self, waiting: WaitingAlert) -> None:
        assert waiting.attempted is not None
        assert waiting.attempted_at is not None
        assert waiting.attempted_to is not None
        now = self._clock.now()
        if now < waiting.attempted_at + SETTLING:
            raise AmbiguousError("waiting to see what became of the last request")
        found = await self._forum.find_message(waiting.attempted_to, waiting.attempted, waiting.attempted_at)
        if found is None:
            await self._alerts.clear_attempt(waiting.alert.alert_id, now)
        else:
            await self._alerts.drop(waiting.alert.alert_id)

    async def _postpone(self, waiting: WaitingAlert, error: ForumError) -> None:
        alert, now = waiting.alert, self._clock.now()
        if isinstance(error, AmbiguousError):
            return await self._alerts.put_off(alert.alert_id, now + SETTLING)
        if isinstance(error, RejectedError) or now - waiting.created_at > LONGEST_WAIT:
            log.warning("channel %s: its staff is not told: %s", alert.channel_id, error)
            return await self._alerts.drop(alert.alert_id)
        wait = (error.retry_after or SHORT_WAIT) if isinstance(error, UnavailableError) else LONG_WAIT
        log.info("channel %s: its staff cannot be told now: %s", alert.channel_id, error)
        return await self._alerts.clear_attempt(alert.alert_id, now + wait)
