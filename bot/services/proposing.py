"""What somebody was shown and may answer by a button, also after a restart: kept, and answered once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.subscriptions import Proposal
from bot.domain.wording import _
from bot.errors import NightdeskError, RefusedError
from bot.ports import Clock, Ids, ProposalStore

GOOD_FOR = timedelta(minutes=15)  # A proposal older than this tells of another state of things.
OVER = _("That is answered already, or too old by now; use the command again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """Who asks, in which guild. That they may manage it was checked where Discord told so."""

    guild_id: int
    user_id: int


class Proposals:
    def __init__(self, proposals: ProposalStore, *, clock: Clock, ids: Ids) -> None:
        self._proposals = proposals
        self._clock = clock
        self._ids = ids

    async def keep(self, manager: Manager, payload: str) -> int:
        """The proposal's id."""
        proposal = Proposal(
            proposal_id=self._ids.new(),
            guild_id=manager.guild_id,
            user_id=manager.user_id,
            payload=payload,
            created_at=self._clock.now(),
        )
        await self._proposals.put(proposal)
        return proposal.proposal_id

    async def read(self, manager: Manager, proposal_id: int) -> str:
        """Its payload. Raises RefusedError for everybody but who was shown it, and when it is over."""
        return (await self._get(manager, proposal_id)).payload

    @asynccontextmanager
    async def answering(self, manager: Manager, proposal_id: int) -> AsyncIterator[str]:
        """For `async with`: its payload, once. Of two clicks the second is refused.

        Where what follows is refused, the cause can be mended and the proposal answered again.
        """
        proposal = await self._get(manager, proposal_id)
        if not await self._proposals.take(proposal_id):
            raise RefusedError(OVER)
        try:
            yield proposal.payload
        except NightdeskError:
            await self._proposals.put(proposal)
            raise

    async def settle(self, manager: Manager, proposal_id: int) -> str:
        """Its payload, once: of two clicks the second is refused."""
        async with self.answering(manager, proposal_id) as payload:
            return payload

    async def _get(self, manager: Manager, proposal_id: int) -> Proposal:
        proposal = await self._proposals.get(proposal_id)
        if proposal is None or proposal.guild_id != manager.guild_id:
            raise RefusedError(OVER)
        if proposal.user_id != manager.user_id:
            raise RefusedError("Only who used the command can answer this.")
        if self._clock.now() - proposal.created_at > GOOD_FOR:
            raise RefusedError(OVER)
        return proposal
