"""Where a feed is asked: at its own address, or where permanent redirects led often enough to be believed. Pure.

The feed keeps its own address as its name (the configuration knows it by that). One that fails at a new address is
asked at its own again, so that no redirect can lead it astray for good.
"""

from dataclasses import dataclass, replace

ENOUGH = 3  # Polls in a row: a redirect that says "permanently" by mistake is mended sooner.


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`address` None: its own. `moved_to` is where permanent redirects led at the last `moved_count` polls."""

    address: str | None = None
    moved_to: str | None = None
    moved_count: int = 0


def redirected(whereabouts: Whereabouts, moved_to: str | None) -> Whereabouts:
    """After an answer; `moved_to` is set where every hop to it was permanent (301, 308)."""
    if moved_to is None:
        return replace(whereabouts, moved_to=None, moved_count=0)
    count = whereabouts.moved_count + 1 if moved_to == whereabouts.moved_to else 1
    if count >= ENOUGH:
        return Whereabouts(address=moved_to)
    return replace(whereabouts, moved_to=moved_to, moved_count=count)


def failed(whereabouts: Whereabouts) -> Whereabouts:
    """After no answer: back to where it was before."""
    return Whereabouts() if whereabouts.address else whereabouts
