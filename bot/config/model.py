"""Every setting, its default and its limits. Reads no file and no environment.

A message raised here is shown to the operator after the name of the key, so it says what the value must be
and never repeats the value: a wrong value may be a token in the wrong place. Only filters and templates, which are long
and no secrets, are quoted where they are wrong.
"""

import inspect
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from yarl import URL

from bot.domain.feeds import Overflow
from bot.domain.filters import parse_filter
from bot.domain.templates import Templates, check
from bot.errors import RefusedError

UNITS = {"s": 1, "m": 60, "h": 3600}


def _seconds(value: object) -> object:
    """`90`, `"90s"`, `"5m"` or `"1h"` as a timedelta."""
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"(\d{1,9})\s*([smh]?)", str(value).strip(), re.ASCII)
    if match is None:
        raise ValueError('must be a duration such as "90s", "5m" or "1h"')
    return timedelta(seconds=int(match[1]) * UNITS[match[2] or "s"])


def _interval(value: timedelta) -> timedelta:
    if not timedelta(seconds=1) <= value <= timedelta(hours=24):
        raise ValueError("must be between 1s and 24h")
    return value


def _items(value: object) -> object:
    """A list, also as the one text that a variable holds: `1, 2` or JSON."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    return _tables(text) if text.startswith("[") else [item for item in re.split(r"[,\s]+", text) if item]


def _tables(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise ValueError("must be a JSON list") from None


def _token(value: object) -> object:
    """Stripped: a file ends with a line break. An HTTP header can carry printable ASCII only."""
    if not isinstance(value, str):
        return value
    token = value.strip()
    if not token:
        raise ValueError("must not be empty")
    if not re.fullmatch(r"[!-~]+", token):
        raise ValueError("must be the bare token, without spaces or other characters")
    return token


def _address(*schemes: str) -> AfterValidator:
    names = " or ".join(f"{scheme}://" for scheme in schemes)

    def check(value: str) -> str:
        try:
            url = URL(value)
            url.port  # noqa: B018  # Reading it is what checks it.
        except ValueError:
            raise ValueError("is not an address") from None
        if url.scheme not in schemes or not url.host:
            raise ValueError(f"must be an address that begins with {names}")
        return value

    return AfterValidator(check)


def _host_and_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not re.fullmatch(r"\d{1,5}", port, re.ASCII) or int(port) > 65535:
        raise ValueError('must be a host and a port such as "127.0.0.1:8090"')
    return value


def _sqlite(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    if not separator or scheme != "sqlite":
        raise ValueError("must begin with sqlite:/// (no other database is supported)")
    if not rest.startswith("/") or rest in {"/", "//"}:
        raise ValueError("must name a file: sqlite:///relative/path or sqlite:////absolute/path")
    if rest == "/:memory:":
        raise ValueError("must name a file: what is kept in memory does not survive a restart")
    if "?" in rest:
        raise ValueError("takes no options after a question mark")
    return value


def _header(value: str) -> str:
    if not re.fullmatch(r"[ -~]*[!-~][ -~]*", value):
        raise ValueError("must be printable ASCII and not empty")
    return value


def _no_flag(value: object) -> object:
    """Python takes true for 1."""
    if isinstance(value, bool):
        raise ValueError("must be a number")  # noqa: TRY004  # Only a ValueError becomes a line for the operator.
    return value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _filter(value: str) -> str:
    try:
        return parse_filter(value).text
    except RefusedError as error:
        raise ValueError(str(error)) from None


def _template(field: str) -> AfterValidator:
    def validate(value: str) -> str:
        try:
            check(Templates(**{field: value}))
        except RefusedError as error:
            raise ValueError(str(error)) from None
        return value

    return AfterValidator(validate)


Stripped = Annotated[str, StringConstraints(strip_whitespace=True)]
Snowflake = Annotated[int, BeforeValidator(_no_flag), Field(gt=0, lt=2**63)]
HttpAddress = Annotated[Stripped, _address("http", "https")]
Interval = Annotated[timedelta, BeforeValidator(_seconds), AfterValidator(_interval)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class DiscordSettings(Section):
    """`gateway_url` None means Discord's own. Empty `guild_ids`: the commands are global."""

    token: Annotated[SecretStr, BeforeValidator(_token)]
    api_url: Annotated[HttpAddress, AfterValidator(lambda url: url.rstrip("/"))] = (
        "https://discord.com/api/v10"
    )
    gateway_url: Annotated[Stripped, _address("ws", "wss")] | None = None
    guild_ids: Annotated[tuple[Snowflake, ...], BeforeValidator(_items)] = ()
    requests_per_second: Annotated[float, Field(gt=0, le=50, allow_inf_nan=False)] = 48.0


class DatabaseSettings(Section):
    url: Annotated[Stripped, AfterValidator(_sqlite)] = "sqlite:///nightdesk.db"

    @property
    def path(self) -> Path:
        """The file: after three slashes relative to the working directory, after four absolute."""
        return Path(self.url.removeprefix("sqlite:///"))


class PollingSettings(Section):
    interval: Interval = timedelta(minutes=5)
    user_agent: Annotated[Stripped, AfterValidator(_header)] = Field(
        default_factory=lambda: f"Nightdesk/{version('nightdesk')} (news bot for Discord)"
    )
    allow_private_networks: bool = False


class WebSubSettings(Section):
    """`public_url` None: nothing is pushed, nobody listens. `listen` is where a reverse proxy finds us."""

    public_url: Annotated[HttpAddress, AfterValidator(lambda url: url.rstrip("/"))] | None = None
    listen: Annotated[Stripped, AfterValidator(_host_and_port)] = "127.0.0.1:8090"

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])


class LiveSettings(Section):
    """`interval` between two looks at a busy live blog; `grace` from its end until its topic closes."""

    interval: Interval = timedelta(seconds=30)
    grace: Interval = timedelta(minutes=30)


class LogSettings(Section):
    format: Annotated[Literal["text", "json"], BeforeValidator(_lower)] = "text"
    level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = "info"


class FeedSettings(Section):
    """One feed into one channel. The first poll posts the newest `post_last` entries; `tags` are names."""

    url: HttpAddress
    channel_id: Snowflake
    post_last: Annotated[int, Field(ge=0, le=100)] = 0
    # Lengths and number: Discord's documentation, "Forum Tag Object" and "Start Thread in Forum".
    tags: Annotated[
        tuple[Annotated[Stripped, StringConstraints(min_length=1, max_length=20)], ...], Field(max_length=5)
    ] = ()
    mention_role_id: Snowflake | None = None
    filter: Annotated[str, AfterValidator(_filter)] = ""
    name: Annotated[Stripped, StringConstraints(max_length=100)] = ""
    name_template: Annotated[str, _template("name")] = ""
    starter_template: Annotated[str, _template("starter")] = ""
    update_template: Annotated[str, _template("update")] = ""
    at_most: Annotated[int, BeforeValidator(_no_flag), Field(ge=1, le=1000)] = 20
    overflow: Annotated[Overflow, BeforeValidator(_lower)] = Overflow.DELAY
    follow_live: bool = True


def _without_repeats(feeds: tuple[FeedSettings, ...]) -> tuple[FeedSettings, ...]:
    first: dict[tuple[URL, int], int] = {}
    for number, feed in enumerate(feeds):
        earlier = first.setdefault((URL(feed.url), feed.channel_id), number)
        if earlier != number:
            raise ValueError(f"{earlier} and {number} have the same url and channel_id")
    return feeds


class Settings(BaseSettings):
    """All of it. Built from arguments alone; `load` brings in file, secrets and environment."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, case_sensitive=True
    )

    discord: DiscordSettings
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    polling: PollingSettings = Field(default_factory=PollingSettings)
    websub: WebSubSettings = Field(default_factory=WebSubSettings)
    live: LiveSettings = Field(default_factory=LiveSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    feeds: Annotated[
        tuple[FeedSettings, ...], BeforeValidator(_tables), AfterValidator(_without_repeats)
    ] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # The base class asks for this and the next three.
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments only: nothing is read from the process's environment behind the caller's back."""
        return (init_settings,)


SECTIONS: Mapping[str, type[Section]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if inspect.isclass(field.annotation) and issubclass(field.annotation, Section)
}
KEYS = tuple((section, key) for section, model in SECTIONS.items() for key in model.model_fields)
