"""Every error Nightdesk raises on purpose, grouped by who can act on it.

    NightdeskError
    ├── RefusedError            a moderator or member asked for something that cannot be done
    ├── StaleTimerError         nobody: the timer was moved, cancelled or rung meanwhile, so nothing happens
    ├── OperatorError           the person who runs the service must change something
    │   ├── ConfigError
    │   ├── ChannelError
    │   └── StoreError
    │       └── StoreBusyError
    ├── PublisherError          a feed or page is not as it should be; only its publisher can mend it
    │   ├── FetchError
    │   │   ├── HostBusyError   nobody: the host was not asked now, it will be later
    │   │   └── PrivateNetworkError  the operator, who may allow it
    │   └── ParseError
    └── ForumError              Discord did not do what was asked
        ├── AmbiguousError      it may or may not have been applied: look before repeating
        ├── UnavailableError    it was not applied; trying later may help
        ├── MissingAccessError  the bot lacks a permission
        ├── GoneError           the channel, thread or message does not exist
        └── RejectedError       Discord calls the request itself wrong; repeating cannot help

The text of each is written for that person and is shown as it stands; a RefusedError is translated first.
"""

from datetime import timedelta


class NightdeskError(Exception):
    """The root of the tree."""


class RefusedError(NightdeskError):
    """Tell the person who asked why it cannot be done.

    `template` is a whole English text with named placeholders, `params` fill them once it is translated
    (`bot.texts`); as a `str` the error is English.
    """

    def __init__(self, template: str, /, **params: object) -> None:
        super().__init__(template.format(**params))
        self.template = template
        self.params = params


class StaleTimerError(NightdeskError):
    """A timer's effect came too late to be wanted."""


class OperatorError(NightdeskError):
    """Tell the operator what to change."""


class ConfigError(OperatorError):
    """The configuration is not usable; the text names file and key."""


class ChannelError(OperatorError):
    """A channel cannot take topics as it is, or as it is configured."""


class StoreError(OperatorError):
    """The database cannot be opened, is of a newer version, or cannot be written."""


class StoreBusyError(StoreError):
    """Another program holds the database; waiting may help."""


class PublisherError(NightdeskError):
    """A feed or page is not as it should be."""


class FetchError(PublisherError):
    """The bytes did not come.

    `status` is the HTTP status where one was received. `retry_after` is what the server asked for.
    `gone` says that the publisher withdrew the address for good (410).
    """

    def __init__(
        self,
        text: str,
        *,
        status: int | None = None,
        retry_after: timedelta | None = None,
        gone: bool = False,
    ) -> None:
        super().__init__(text)
        self.status = status
        self.retry_after = retry_after
        self.gone = gone


class HostBusyError(FetchError):
    """The host was not asked: it wants a pause, or many requests wait for it. No failure; `retry_after` is set."""

    def __init__(self, host: str, retry_after: timedelta) -> None:
        super().__init__(f"{host} gets a pause from requests.", retry_after=retry_after)


class PrivateNetworkError(FetchError):
    """The address does not belong to the internet."""


class ParseError(PublisherError):
    """The bytes are not a feed that anybody could read."""


class ForumError(NightdeskError):
    """Discord did not do what was asked."""


class AmbiguousError(ForumError):
    """The request may have been applied; look it up before repeating it."""


class UnavailableError(ForumError):
    """The request was not applied; `retry_after` is Discord's own wish where it gave one."""

    def __init__(self, text: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class MissingAccessError(ForumError):
    """The bot may not do this; `missing` names the permissions as Discord's settings show them."""

    def __init__(self, text: str, *, missing: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.missing = missing


class GoneError(ForumError):
    """The channel, thread or message does not exist (any more)."""


class RejectedError(ForumError):
    """Discord calls the request wrong; `code` is its JSON error code."""

    def __init__(self, text: str, *, code: int = 0) -> None:
        super().__init__(text)
        self.code = code
