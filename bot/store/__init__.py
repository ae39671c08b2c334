"""The one store: what Discord should show, what it is known to show, and everything seen so far."""

from dataclasses import dataclass
from pathlib import Path

from bot.ports import Ids
from bot.store.alerts import AlertStore
from bot.store.appeals import AppealStore
from bot.store.batches import BatchStore
from bot.store.budget import BudgetStore
from bot.store.cases import CaseStore
from bot.store.database import Database
from bot.store.feeds import FeedStore
from bot.store.headlines import HeadlineStore
from bot.store.live import LiveStore
from bot.store.people import PeopleStore
from bot.store.policies import PolicyStore
from bot.store.posts import PostStore
from bot.store.privacy import PrivacyStore
from bot.store.proposals import ProposalStore
from bot.store.records import RecordStore
from bot.store.staff import StaffStore
from bot.store.subscriptions import SubscriptionStore
from bot.store.timers import TimerStore
from bot.store.topics import TopicStore
from bot.store.watched import WatchedStore
from bot.store.websub import WebSubStore

__all__ = ["Store"]


@dataclass(frozen=True, slots=True)
class Store:
    """Use `open`, and `close` when done."""

    feeds: FeedStore
    subscriptions: SubscriptionStore
    proposals: ProposalStore
    topics: TopicStore
    watched: WatchedStore
    batches: BatchStore
    cases: CaseStore
    timers: TimerStore
    policies: PolicyStore
    people: PeopleStore
    records: RecordStore
    staff: StaffStore
    privacy: PrivacyStore
    appeals: AppealStore
    headlines: HeadlineStore
    budget: BudgetStore
    live: LiveStore
    posts: PostStore
    websub: WebSubStore
    alerts: AlertStore
    database: Database

    @classmethod
    async def open(cls, path: Path, ids: Ids) -> "Store":
        """Open or create the database. Raises StoreError with one clear line for the operator."""
        database = await Database.open(path)
        return cls(
            FeedStore(database, ids),
            SubscriptionStore(database, ids),
            ProposalStore(database),
            TopicStore(database),
            WatchedStore(database),
            BatchStore(database),
            CaseStore(database),
            TimerStore(database),
            PolicyStore(database),
            PeopleStore(database),
            RecordStore(database),
            StaffStore(database),
            PrivacyStore(database),
            AppealStore(database),
            HeadlineStore(database),
            BudgetStore(database),
            LiveStore(database, ids),
            PostStore(database),
            WebSubStore(database),
            AlertStore(database),
            database,
        )

    async def close(self) -> None:
        await self.database.close()
