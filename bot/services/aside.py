"""One thread beside the event loop for what takes time.

One, because Python runs one thread at a time: each more would only make the event loop wait for its turn longer.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Aside:
    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aside")

    async def run(self, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """What `work` returns or raises, in its turn."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: work(*args, **options))
