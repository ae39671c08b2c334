"""What the commands call: wired by the composition root, the same for every cog."""

from dataclasses import dataclass

from bot.services.appeals import Appeals
from bot.services.autoclose import AutoClose
from bot.services.browsing import Browsing
from bot.services.bulk import Bulk
from bot.services.explaining import Explaining
from bot.services.following import Following
from bot.services.moderation import Moderation
from bot.services.offering import Offering
from bot.services.opml import SubscriptionLists
from bot.services.overview import Overview
from bot.services.policies import Policies
from bot.services.posting import Posting
from bot.services.previewing import Previewing
from bot.services.privacy import Privacy
from bot.services.proposing import Proposals
from bot.services.recommending import Recommending
from bot.services.records import Records
from bot.services.scheduling import Scheduling
from bot.services.shaping import Shaping
from bot.services.subscribing import Subscribing
from bot.services.watching import Watching
from bot.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    moderation: Moderation
    offering: Offering
    overview: Overview
    previewing: Previewing
    appeals: Appeals
    autoclose: AutoClose
    policies: Policies
    posting: Posting
    browsing: Browsing
    bulk: Bulk
    explaining: Explaining
    following: Following
    lists: SubscriptionLists
    privacy: Privacy
    proposals: Proposals
    records: Records
    recommending: Recommending
    scheduling: Scheduling
    shaping: Shaping
    subscribing: Subscribing
    watching: Watching
    texts: Texts
