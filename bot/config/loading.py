"""Where settings come from: defaults < TOML file < secret files < environment.

Reads what it is told to read, once. Never shows a value: an error names the place alone, because a value may
be a secret that slipped into the wrong place.

Secret files, in the order in which a later one wins:
- named in the TOML by a `*_file` key, relative to the TOML: `[discord] token_file = "token.txt"`;
- in a secrets directory, named `discord__token`: `CREDENTIALS_DIRECTORY` (systemd sets it), then
  `--secrets-dir` or else `NIGHTDESK_SECRETS_DIR`;
- named by a variable: `NIGHTDESK_DISCORD__TOKEN_FILE=/run/secrets/token`.

Environment: `NIGHTDESK_DISCORD__TOKEN=…`; all feeds at once as JSON, `NIGHTDESK_FEEDS=[{"url": …}]`. An empty
variable counts as unset.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import InitSettingsSource

from bot.config.model import KEYS, SECTIONS, Settings
from bot.config.problems import PREFIX, Loc, describe, did_you_mean, shown, variable
from bot.errors import ConfigError

SECRETS_DIR = f"{PREFIX}SECRETS_DIR"
FEEDS = f"{PREFIX}FEEDS"
SECRET_LIMIT = 64 * 1024
# Kubernetes sets these in every container beside a service that is called "nightdesk".
KUBERNETES = re.compile(rf"{PREFIX}(SERVICE_(HOST|PORT\w*)|PORT(_\d+_\w+)?)")


def load(path: Path | None, environ: Mapping[str, str], secrets_dir: Path | None = None) -> Settings:
    """Raises ConfigError whose text has one line for each thing that is wrong, all of them at once."""
    gathered = _Gathered(path)
    if path is not None:
        gathered.read_toml(path)
    gathered.read_secret_directories(environ, secrets_dir)
    gathered.read_environment(environ)
    settings, errors = _build(tuple(gathered.sources()))
    lines = [describe(error, gathered.place) for error in errors if error["loc"] not in gathered.unreadable]
    if settings is None or gathered.problems:
        raise ConfigError("\n".join([*gathered.problems, *lines]))
    return settings


def _build(sources: tuple[InitSettingsSource, ...]) -> tuple[Settings | None, list[ErrorDetails]]:
    # mypy takes the fields for arguments; here the sources bring them.
    build: Callable[..., Settings] = Settings
    try:
        return build(_build_sources=(sources, {})), []
    except ValidationError as error:
        # Nothing is raised from here: a chained error would carry every value into a traceback.
        return None, error.errors(include_input=False, include_url=False)


class _Gathered:
    """What each place says, and for each value the name under which the operator finds it."""

    def __init__(self, path: Path | None) -> None:
        self.problems: list[str] = []
        self.unreadable: set[Loc] = set()
        self._path = path
        self._names: dict[Loc, str] = {}
        self._table: dict[str, Any] = {}
        self._secrets: dict[str, Any] = {}
        self._environment: dict[str, Any] = {}

    def sources(self) -> Iterator[InitSettingsSource]:
        """Highest first. The last makes a missing section complain about the keys that it must have."""
        required: dict[str, Any] = {"discord": {}}
        for values in (self._environment, self._secrets, self._table, required):
            yield InitSettingsSource(Settings, values)

    def place(self, loc: Loc) -> str:
        """`config.toml: feeds.2.url`, `NIGHTDESK_DISCORD__GUILD_IDS.1`, `/run/secrets/discord__token`."""
        for end in range(len(loc), 0, -1):
            if name := self._names.get(loc[:end]):
                return ".".join([name, *map(shown, loc[end:])])
        dotted = ".".join(map(shown, loc))
        return f"{self._path}: {dotted}" if self._path else dotted

    def read_toml(self, path: Path) -> None:
        self._table = _parse_toml(path)
        for section, model in SECTIONS.items():
            table = self._table.get(section, {})
            if not isinstance(table, dict):
                self._complain((section,), f"must be a table: [{section}]")
                continue
            for key in [key for key in table if _names_a_file(key, model)]:
                self._read_secret_named_in_toml(section, key, table.pop(key), path.parent)

    def _read_secret_named_in_toml(self, section: str, key: str, file: object, base: Path) -> None:
        loc = (section, key.removesuffix("_file"))
        if isinstance(file, str):
            self._read_secret(loc, base / file, self.place((section, key)))
        else:
            self._complain(loc, "must be the path of a file", name=self.place((section, key)))

    def read_secret_directories(self, environ: Mapping[str, str], secrets_dir: Path | None) -> None:
        if (systemd := environ.get("CREDENTIALS_DIRECTORY")) and Path(systemd).is_dir():
            self._read_secret_directory(Path(systemd), "CREDENTIALS_DIRECTORY")
        if secrets_dir is not None:
            self._read_secret_directory(secrets_dir, "--secrets-dir")
        elif named := environ.get(SECRETS_DIR):
            self._read_secret_directory(Path(named), SECRETS_DIR)

    def _read_secret_directory(self, directory: Path, name: str) -> None:
        """A file whose name does not begin with a section of ours is somebody else's secret."""
        try:
            files = sorted(directory.iterdir())
        except OSError as error:
            self.problems.append(f"{name}: cannot read {directory}: {error.strerror}")
            return
        for file in files:
            section, separator, key = file.name.partition("__")
            if (section, key) in KEYS:
                self._read_secret((section, key), file, name)
            elif separator and section in SECTIONS:
                guess = did_you_mean(file.name, ["__".join(known) for known in KEYS])
                self.problems.append(f"{file}: there is no such setting{guess}")

    def _read_secret(self, loc: tuple[str, str], file: Path, name: str) -> None:
        try:
            with file.open("rb") as opened:
                content = opened.read(SECRET_LIMIT + 1)
            text = content.decode()
        except OSError as error:
            self._complain(loc, f"cannot read {file}: {error.strerror}", name=name)
        except UnicodeDecodeError:
            self._complain(loc, "is not UTF-8 text", name=str(file))
        else:
            if len(content) > SECRET_LIMIT:
                self._complain(loc, "is too large for a secret", name=str(file))
            section, key = loc
            self._secrets.setdefault(section, {})[key] = text.strip()
            self._names[loc] = str(file)

    def read_environment(self, environ: Mapping[str, str]) -> None:
        ours = {name: value for name, value in environ.items() if name.startswith(PREFIX) and value.strip()}
        ours.pop(SECRETS_DIR, None)
        if feeds := ours.pop(FEEDS, None):
            self._environment["feeds"] = feeds
            self._names["feeds",] = FEEDS
        # First the files, so that a variable with the value itself also wins the name.
        for section, key in KEYS:
            name = variable(section, key)
            if file := ours.pop(f"{name}_FILE", None):
                self._read_secret((section, key), Path(file), f"{name}_FILE")
            if value := ours.pop(name, None):
                self._environment.setdefault(section, {})[key] = value
                self._names[section, key] = name
        self._refuse_unknown(sorted(ours))

    def _refuse_unknown(self, names: list[str]) -> None:
        known = [FEEDS, SECRETS_DIR, *(variable(*each) for each in KEYS)]
        for name in names:
            if name.startswith(f"{FEEDS}__"):
                self.problems.append(f"{name}: feeds are given in the file, or as one JSON list in {FEEDS}")
            elif not KUBERNETES.fullmatch(name):
                self.problems.append(f"{name}: there is no such setting{did_you_mean(name, known)}")

    def _complain(self, loc: Loc, text: str, *, name: str = "") -> None:
        self.problems.append(f"{name or self.place(loc)}: {text}")
        self.unreadable.add(loc)


def _names_a_file(key: str, model: type[BaseModel]) -> bool:
    return key.endswith("_file") and key.removesuffix("_file") in model.model_fields


def _parse_toml(path: Path) -> dict[str, Any]:
    problem = "is nested too deeply"
    try:
        # "-sig": some editors put a byte-order mark first.
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        column = error.start - error.object.rfind(b"\n", 0, error.start)
        problem = f"is not UTF-8 text (at line {line}, column {column})"
    except tomllib.TOMLDecodeError as error:
        problem = _with_position(str(error), path)
    except RecursionError:
        pass
    raise ConfigError(f"{path}: {problem}")


def _with_position(text: str, path: Path) -> str:
    """The parser gives line and column except where the text ends too early."""
    lines = path.read_text("utf-8-sig").split("\n")
    end = f"(at line {len(lines)}, column {len(lines[-1]) + 1})"
    return text.replace("(at end of document)", end)
