"""Discord's own OpenAPI description (github.com/discord/discord-api-spec), and what it gets wrong, with reasons.

It says of itself that the documentation wins where both differ.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

from simulator.rest.server import Request

SPEC = Path(__file__).parents[3] / "shared" / "discord" / "openapi.json"
Json = dict[str, Any]

OPEN = frozenset({"Error", "ErrorResponse", "RatelimitedResponse", "ErrorDetails"})
"""Schemas left open, because they are combined by allOf."""

REPLACED: dict[str, Json] = {
    # The description wants integers as `code` of nested errors; the documentation shows text.
    "ErrorDetails": {"type": "object"},
}
SENT_AS_NUMBERS: dict[str, Json] = {
    # discord.py sends ids in replies and bulk deletes as numbers; the documentation allows both.
    "SnowflakeType": {"type": ["string", "integer"]},
}

ADDED: dict[str, Json] = {
    # resources/channel documents `message` in the answer to a new forum post; discord.py needs it.
    "CreatedThreadResponse": {"message": {"$ref": "#/components/schemas/MessageResponse"}},
    # discord.py sends `tts` with forum starters and all edits; Discord ignores it.
    "BaseCreateMessageCreateRequest": {"tts": {"type": "boolean"}},
    "MessageEditRequestPartial": {"tts": {"type": "boolean"}},
    "IncomingWebhookUpdateRequestPartial": {"tts": {"type": "boolean"}},
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial": {"tts": {"type": "boolean"}},
    # discord.py sends a new post's `type`, always 11; Discord ignores it.
    "CreateForumThreadRequest": {"type": {"const": 11}},
    # discord.py sends an embed's `flags`; Discord ignores them.
    "RichEmbed": {"flags": {"type": "integer"}},
    # interactions/application-commands documents `nsfw`.
    "ApplicationCommandUpdateRequest": {"nsfw": {"type": "boolean"}},
    "ApplicationCommandCreateRequest": {"nsfw": {"type": "boolean"}},
}
"""Properties the description leaves out."""

NOT_DESCRIBED = re.compile(r"/users/\d+")
"""An address the description lacks though the documentation has it."""

BITS_AS_TEXT = re.compile(r"/channels/\d+/permissions/\d+")
"""The description wants permission bits as integers here; the documentation has text, which discord.py sends."""


class Description:
    """Discord's OpenAPI description, made strict: what it does not name is forbidden."""

    def __init__(self, replaced: Json) -> None:
        self._document = json.loads(SPEC.read_text())
        schemas = self._document["components"]["schemas"]
        schemas |= replaced
        for name, properties in ADDED.items():
            schemas[name]["properties"] |= properties
        for name, schema in schemas.items():
            if name not in OPEN:
                _close(schema)
        self._paths = {path: re.compile(re.sub(r"{\w+}", "[^/]+", path)) for path in self._document["paths"]}

    def operation(self, method: str, path: str) -> Json | None:
        """The operation, the one with the fewest placeholders first."""
        for template in sorted(self._paths, key=lambda each: each.count("{")):
            if self._paths[template].fullmatch(path):
                found: Json = self._document["paths"][template]
                if method.lower() in found:
                    return dict(found[method.lower()])
        return None

    def errors(self, schema: Json, value: Any) -> list[str]:
        """What is wrong with the value, in words."""
        whole = {**schema, "components": self._document["components"]}
        validator = jsonschema_rs.Draft202012Validator(whole)
        return [f"{each.instance_path}: {each.message}"[:300] for each in validator.iter_errors(value)]

    def answer_errors(self, request: Request) -> list[str]:
        operation = self.operation(request.method, request.path)
        assert operation is not None, f"{request.method} {request.path} is not described"
        response = self._resolved(operation["responses"], str(request.status))
        if response is None:
            return [f"{request.status} is not described"]
        if "content" not in response:
            return [] if request.answer is None else ["an answer where none is described"]
        schema = chosen(response["content"]["application/json"]["schema"], request.answer)
        return self.errors(schema, request.answer)

    def _resolved(self, responses: Json, status: str) -> Json | None:
        found = responses.get(status) or responses.get("4XX")
        if found and "$ref" in found:
            found = self._document["components"]["responses"][found["$ref"].rsplit("/", 1)[1]]
        return dict(found) if found else None

    def body_errors(self, request: Request) -> list[str]:
        operation = self.operation(request.method, request.path)
        assert operation is not None, f"{request.method} {request.path} is not described"
        if request.body is None:
            return []
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        return self.errors(chosen_for_request(schema, request), request.body)


def _close(schema: Any) -> None:
    for each in _objects(schema):
        if "properties" in each:
            each.setdefault("additionalProperties", False)


def _objects(schema: Any) -> Iterator[Json]:
    if isinstance(schema, dict):
        yield schema
        for each in schema.values():
            yield from _objects(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _objects(each)


def _named(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def chosen(schema: Json, answer: Any) -> Json:
    """For unions of channels the member that the answer's `type` calls for: the union itself lets too much pass."""
    names = [each.get("$ref", "") for each in schema.get("oneOf", [])]
    if any(each.endswith("/ThreadResponse") for each in names) and isinstance(answer, dict):
        return _named("ThreadResponse" if answer["type"] in {10, 11, 12} else "GuildChannelResponse")
    return schema


def chosen_for_request(schema: Json, request: Request) -> Json:
    """For unions of channel forms the one for the channel in question."""
    if request.method == "PATCH" and re.fullmatch(r"/channels/\d+", request.path):
        thread = isinstance(request.answer, dict) and request.answer.get("type") in {10, 11, 12}
        return _named("UpdateThreadRequestPartial" if thread else "UpdateGuildChannelRequestPartial")
    if re.fullmatch(r"/channels/\d+/threads", request.path):
        forum = "message" in request.body
        return _named("CreateForumThreadRequest" if forum else "CreateTextThreadWithoutMessageRequest")
    return schema
