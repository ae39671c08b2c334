"""How Discord refuses: the JSON error codes this simulator knows, with status and text.

Source: topics/opcodes-and-status-codes in Discord's documentation. Nothing here decides; it only words refusals.
"""

from typing import Any

KNOWN: dict[int, tuple[int, str]] = {
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10009: (404, "Unknown Permission Overwrite"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    10087: (400, "Unknown Tag"),
    20016: (429, "This action cannot be performed due to slowmode rate limit"),
    30003: (400, "Maximum number of pins reached for the channel (250)"),
    30010: (400, "Maximum number of reactions reached (20)"),
    30013: (400, "Maximum number of guild channels reached (500)"),
    30032: (400, "Maximum number of application commands reached"),
    30033: (400, "Maximum number of thread participants has been reached (1000)"),
    40005: (413, "Request entity too large"),
    40033: (400, "This message has already been crossposted"),
    40058: (400, "Cannot send messages in a forum channel"),
    40060: (400, "Interaction has already been acknowledged."),
    40061: (400, "Tag names must be unique"),
    40066: (400, "There are no tags available that can be set by non-moderators"),
    40067: (400, "A tag is required to create a forum post in this channel"),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50034: (400, "You can only bulk delete messages that are under 14 days old."),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    160002: (400, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
    160005: (400, "Thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
    160007: (400, "Maximum number of active announcement threads reached"),
}


class DiscordError(Exception):
    """A refusal as Discord words it: HTTP status, JSON code, message, and the nested errors of a form (50035)."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}" + (f" {errors}" if errors else ""))
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors or {}

    def to_json(self) -> dict[str, Any]:
        """Discord's error body: `{"message", "code"}` and, for a form, `errors`."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.errors:
            body["errors"] = self.errors
        return body


class UnknownRouteError(DiscordError):
    """No such address: Discord answers code 0."""

    def __init__(self) -> None:
        super().__init__(404, 0, "404: Not Found")


class WrongMethodError(DiscordError):
    """The address exists, the method does not."""

    def __init__(self) -> None:
        super().__init__(405, 0, "405: Method Not Allowed")


class WrongTokenError(DiscordError):
    """The Authorization header is missing or wrong: Discord answers code 0."""

    def __init__(self) -> None:
        super().__init__(401, 0, "401: Unauthorized")


def refusal(code: int, errors: dict[str, Any] | None = None) -> DiscordError:
    """The refusal with this JSON code, in Discord's words."""
    status, message = KNOWN[code]
    return DiscordError(status, code, message, errors)


def field_refusal(field: str, code: str, message: str) -> DiscordError:
    """50035 about one field of the form."""
    return refusal(50035, {field: {"_errors": [{"code": code, "message": message}]}})
