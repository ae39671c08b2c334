"""What the services need from the world, as the narrowest Protocols that serve them."""

from datetime import datetime
from typing import Protocol

from bot.domain.fetching import Fetched, Validators


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, UTC-aware."""


class Fetcher(Protocol):
    async def fetch(self, url: str, validators: Validators) -> Fetched:
        """GET one address. Raises FetchError for everything that keeps the bytes from coming."""
