"""Kills the process, as far as its code can tell, before or after any of its effects."""

from typing import Any


class Killed(BaseException):
    """Like SIGKILL, nothing may catch it."""


class KillSwitch:
    """Counts effects; the one with the fatal number does not return. `Killable` objects share one switch."""

    def __init__(self, fatal: int | None, *, applied: bool) -> None:
        self._left = fatal
        self._applied = applied
        self.dead = False

    async def guard(self, effect: Any) -> Any:
        if self._left is None:
            return await effect
        self._left -= 1
        if self._left > 0:
            return await effect
        if self._applied:
            await effect
        else:
            effect.close()
        self._left = None
        self.dead = True
        raise Killed


class Killable:
    """Stands before an object whose methods are coroutines, and counts each call as an effect."""

    def __init__(self, target: Any, switch: KillSwitch) -> None:
        self._target = target
        self._switch = switch

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._target, name)

        async def guarded(*args: Any, **options: Any) -> Any:
            return await self._switch.guard(method(*args, **options))

        return guarded
