"""The form of a message: new, edited, or an interaction's answer."""

from dataclasses import dataclass, field
from typing import Any

from simulator.flags import MessageFlag
from simulator.forms.components import read_components
from simulator.forms.embeds import read_embeds
from simulator.forms.problems import Problems
from simulator.values import Attachment, Json

MAX_CONTENT = 2000
MAX_NONCE = 25
MAX_ATTACHMENTS = 10
SETTABLE_FLAGS = (
    MessageFlag.SUPPRESS_EMBEDS
    | MessageFlag.EPHEMERAL
    | MessageFlag.SUPPRESS_NOTIFICATIONS
    | MessageFlag.IS_COMPONENTS_V2
)


@dataclass(frozen=True, slots=True)
class AllowedMentions:
    """Whom a message may ping. `None` lists mean: everyone of that kind whom the text names."""

    users: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    everyone: bool = True
    replied_user: bool = True


@dataclass(frozen=True, slots=True)
class MessageForm:
    """A checked message. `given` names the keys the request carried: an edit changes only those."""

    given: frozenset[str]
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    kept_attachments: frozenset[str] | None = None
    flags: int = 0
    nonce: str | int | None = None
    enforce_nonce: bool = False
    reply_to: str | None = None
    reply_must_exist: bool = True
    allowed_mentions: AllowedMentions = field(default_factory=AllowedMentions)

    @property
    def is_empty(self) -> bool:
        return not (self.content or self.embeds or self.components or self.attachments)


def read_message(
    body: Any, uploads: list[Attachment] | None = None, *, flags: int = 0, within: str = ""
) -> MessageForm:
    """Checks a message's JSON; refuses with 50035 and every error nested under `within`.

    `flags` are those an edited message already has: Components V2 cannot be taken back.
    """
    problems = Problems(within)
    form = problems.mapping(body, "")
    asked = problems.number(form.get("flags"), "flags", 0, 2**31) or 0
    is_v2 = bool((asked | flags) & MessageFlag.IS_COMPONENTS_V2)
    if is_v2:
        _refuse_legacy_fields(form, problems)
    reference = problems.mapping(form.get("message_reference") or {}, "message_reference")
    kept = problems.objects(form.get("attachments"), "attachments", MAX_ATTACHMENTS)
    read = MessageForm(
        given=frozenset(form),
        content=problems.text(form.get("content"), "content", MAX_CONTENT),
        embeds=read_embeds(form.get("embeds"), problems),
        components=read_components(form.get("components"), problems, v2=is_v2),
        attachments=problems.items(uploads, "attachments", MAX_ATTACHMENTS),
        kept_attachments=frozenset(str(each.get("id")) for each in kept) if form.get("attachments") else None,
        flags=asked & SETTABLE_FLAGS,
        nonce=_nonce(form, problems),
        enforce_nonce=bool(form.get("enforce_nonce")),
        reply_to=str(reference["message_id"]) if reference.get("message_id") else None,
        reply_must_exist=reference.get("fail_if_not_exists", True) is not False,
        allowed_mentions=_allowed_mentions(form.get("allowed_mentions"), problems),
    )
    problems.refuse_if_any()
    return read


def _refuse_legacy_fields(form: Json, problems: Problems) -> None:
    for key in ("content", "embeds"):
        if form.get(key):
            message = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            problems.add(key, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message)


def _nonce(form: Json, problems: Problems) -> str | int | None:
    nonce = form.get("nonce")
    if nonce is None or (isinstance(nonce, int) and -(2**63) <= nonce < 2**63):
        return nonce
    if len(str(nonce)) > MAX_NONCE:
        problems.add("nonce", "NONCE_TYPE_TOO_LONG", f"Nonce must be {MAX_NONCE} or fewer in length.")
    return str(nonce)


def _allowed_mentions(value: Any, problems: Problems) -> AllowedMentions:
    """Discord's allowed-mentions object (resources/message): `parse` names whole kinds, the lists name ids."""
    if value is None:
        return AllowedMentions()
    form = problems.mapping(value, "allowed_mentions")
    parse = list(map(str, problems.items(form.get("parse"), "allowed_mentions.parse", 3)))
    named = {
        kind: problems.items(form.get(kind), f"allowed_mentions.{kind}", 100) for kind in ("users", "roles")
    }
    for kind, ids in named.items():
        if kind in parse and ids:
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            problems.add("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
    return AllowedMentions(
        users=None if "users" in parse else frozenset(map(str, named["users"])),
        roles=None if "roles" in parse else frozenset(map(str, named["roles"])),
        everyone="everyone" in parse,
        replied_user=bool(form.get("replied_user", False)),
    )
