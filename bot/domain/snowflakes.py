"""Discord's ids carry the moment at which they were given out. Pure."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)  # Discord, "Snowflakes"


def moment_of(snowflake: int) -> datetime:
    """When Discord gave the id out, to the millisecond."""
    return EPOCH + timedelta(milliseconds=snowflake >> 22)


def earliest_of(moment: datetime) -> int:
    """The lowest id that can be of that moment."""
    return (moment - EPOCH) // timedelta(milliseconds=1) << 22
