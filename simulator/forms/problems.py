"""Collects what is wrong with a form and refuses once, with every error nested where the field is (50035)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from simulator.errors import refusal
from simulator.values import Json


class Problems:
    """Errors by path (`embeds.0.title`), worded as Discord words them. `within` is where the whole form is nested."""

    def __init__(self, within: str = "") -> None:
        self._within = within
        self._tree: Json = {}

    def add(self, path: str, code: str, message: str) -> None:
        node = self._tree
        for part in filter(None, f"{self._within}.{path}".split(".")):
            node = node.setdefault(part, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def required(self, path: str) -> None:
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def choice(self, path: str, allowed: str) -> None:
        self.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{allowed}}}.")

    def refuse_if_any(self) -> None:
        if self._tree:
            raise refusal(50035, self._tree)

    def text(self, value: Any, path: str, longest: int, shortest: int = 0) -> str:
        """The text without surrounding white space, as Discord keeps it. Lengths in code points."""
        if value is None or isinstance(value, (dict, list)):
            if shortest or value is not None:
                self.required(path)
            return ""
        text = str(value).strip()
        if not shortest <= len(text) <= longest:
            bounds = (
                f"between {shortest} and {longest} in length" if shortest else f"{longest} or fewer in length"
            )
            code = "BASE_TYPE_BAD_LENGTH" if shortest else "BASE_TYPE_MAX_LENGTH"
            self.add(path, code, f"Must be {bounds}.")
        return text

    def number(self, value: Any, path: str, least: float, most: float) -> int | None:
        """A whole number within bounds, or None where it was not given."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
            return None
        if value < least:
            self.add(path, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.")
        if value > most:
            self.add(path, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")
        return value

    def url(self, value: Any, path: str, schemes: tuple[str, ...] = ("http", "https")) -> None:
        """A web address; anything else is refused as Discord refuses it in embeds and buttons."""
        try:
            parts = urlsplit(str(value))
            host = parts.hostname
        except ValueError:
            host, parts = None, urlsplit("")
        if parts.scheme not in schemes and parts.scheme:
            allowed = ", ".join(f"'{each}'" for each in schemes)
            message = f'Scheme "{parts.scheme}" is not supported. Scheme must be one of ({allowed}).'
            self.add(path, "URL_TYPE_INVALID_SCHEME", message)
        elif not parts.scheme or (not host and parts.scheme in {"http", "https"}) or " " in str(value):
            self.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        elif len(str(value)) > 2048:
            self.add(path, "BASE_TYPE_MAX_LENGTH", "Must be 2048 or fewer in length.")

    def items(self, value: Any, path: str, most: int) -> list[Any]:
        """A list no longer than `most`."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if len(value) > most:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        return value

    def objects(self, value: Any, path: str, most: int) -> list[Json]:
        """A list of objects no longer than `most`; refuses at once if anything else is in it."""
        read = [
            self.mapping(each, f"{path}.{index}") for index, each in enumerate(self.items(value, path, most))
        ]
        self.refuse_if_any()
        return read

    def one_of(self, value: Any, path: str, allowed: Sequence[Any]) -> Any:
        """The value if it is among the allowed ones; refuses at once if it is not."""
        if isinstance(value, bool) or value not in tuple(allowed):
            self.choice(path, ", ".join(map(str, allowed)))
        self.refuse_if_any()
        return value

    def snowflake(self, value: Any, path: str) -> str:
        """An id, as text or as a number."""
        return str(self._digits(value, path, "snowflake"))

    def bits(self, value: Any, path: str) -> int:
        """Permission bits, as text or as a number; nothing is 0."""
        return 0 if value is None else self._digits(value, path, "int")

    def _digits(self, value: Any, path: str, kind: str) -> int:
        text = str(value)
        if isinstance(value, bool) or not text.isascii() or not text.isdecimal() or int(text[:30]) >= 2**63:
            self.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not {kind}.')
            return 0
        return int(text)

    def mapping(self, value: Any, path: str) -> Json:
        if isinstance(value, dict):
            return value
        self.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return {}
