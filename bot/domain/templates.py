"""A guild's own wording for a thread's name, its starter and a live blog's updates: sandboxed Jinja. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """Each "" means the usual look."""

    name: str = ""
    starter: str = ""
    update: str = ""
