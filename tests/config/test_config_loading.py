"""Settings come from defaults, file, secret files, environment, in this order; mistakes are named at once."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.config import Settings, load
from bot.config.model import DiscordSettings
from bot.errors import ConfigError

TOKEN = {"NIGHTDESK_DISCORD__TOKEN": "from-environment"}


def written(folder: Path, text: str, name: str = "config.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def problems(path: Path | None, environ: dict[str, str], secrets_dir: Path | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(path, environ, secrets_dir)
    return str(caught.value).splitlines()


def token(settings: Settings) -> str:
    return settings.discord.token.get_secret_value()


def test_no_file_is_needed_when_the_environment_says_everything() -> None:
    feeds = '[{"url": "https://example.org/feed", "channel_id": "12", "tags": ["World"]}]'
    settings = load(None, {**TOKEN, "NIGHTDESK_FEEDS": feeds, "NIGHTDESK_POLLING__INTERVAL": "90s"})
    assert "from-environment" == token(settings)
    assert timedelta(seconds=90) == settings.polling.interval
    assert [("https://example.org/feed", 12, ("World",))] == [
        (feed.url, feed.channel_id, feed.tags) for feed in settings.feeds
    ]


@pytest.mark.parametrize("guilds", ["1,2", "1 2", " 1, 2 ", "[1, 2]", '["1", "2"]'])
def test_a_list_may_be_written_as_one_text(guilds: str) -> None:
    settings = load(None, {**TOKEN, "NIGHTDESK_DISCORD__GUILD_IDS": guilds})
    assert (1, 2) == settings.discord.guild_ids


def test_each_place_wins_over_the_one_before(tmp_path: Path) -> None:
    path = written(tmp_path, '[discord]\ntoken = "toml"\n')
    assert "toml" == token(load(path, {}))

    written(tmp_path, "named-in-toml", "token.txt")
    path = written(tmp_path, '[discord]\ntoken = "toml"\ntoken_file = "token.txt"\n')
    assert "named-in-toml" == token(load(path, {}))

    systemd, named, argument = tmp_path / "systemd", tmp_path / "named", tmp_path / "argument"
    for folder in (systemd, named, argument):
        folder.mkdir()
        written(folder, f"{folder.name}\n", "discord__token")
    environ = {"CREDENTIALS_DIRECTORY": str(systemd)}
    assert "systemd" == token(load(path, environ))
    environ["NIGHTDESK_SECRETS_DIR"] = str(named)
    assert "named" == token(load(path, environ))
    assert "argument" == token(load(path, environ, argument))

    environ["NIGHTDESK_DISCORD__TOKEN_FILE"] = str(written(tmp_path, "variable-file", "other.txt"))
    assert "variable-file" == token(load(path, environ, argument))
    environ["NIGHTDESK_DISCORD__TOKEN"] = "variable"
    assert "variable" == token(load(path, environ, argument))


def test_an_override_replaces_one_key_and_keeps_its_neighbours(tmp_path: Path) -> None:
    path = written(tmp_path, '[polling]\ninterval = "1h"\nuser_agent = "Mine/1"\n')
    settings = load(path, {**TOKEN, "NIGHTDESK_POLLING__INTERVAL": "2h"})
    assert (timedelta(hours=2), "Mine/1") == (settings.polling.interval, settings.polling.user_agent)


def test_an_empty_variable_counts_as_unset(tmp_path: Path) -> None:
    path = written(tmp_path, '[discord]\ntoken = "toml"\n')
    empty = {
        "NIGHTDESK_DISCORD__TOKEN": " ",
        "NIGHTDESK_DISCORD__TOKEN_FILE": "",
        "NIGHTDESK_SECRETS_DIR": "",
    }
    assert "toml" == token(load(path, empty))


def test_variables_that_kubernetes_sets_for_a_service_of_our_name_are_ignored() -> None:
    environ = {
        "NIGHTDESK_SERVICE_HOST": "10.0.0.1",
        "NIGHTDESK_PORT": "tcp://x",
        "NIGHTDESK_PORT_80_TCP_ADDR": "x",
    }
    assert "from-environment" == token(load(None, {**TOKEN, **environ}))


def test_the_process_environment_is_never_read_behind_the_callers_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NIGHTDESK_LOG__LEVEL", "debug")
    monkeypatch.setenv("LOG", '{"level": "debug"}')
    assert "info" == load(None, TOKEN).log.level
    assert "info" == Settings(discord=DiscordSettings(token=SecretStr("x"))).log.level


def test_all_mistakes_are_named_at_once_each_with_its_place(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
intervall = 1
interval = "5m"
[discord]
tokn = "x"
requests_per_second = 60
[polling]
interval = "0s"
[[feeds]]
url = "https://example.org/"
channel_id = 1
[[feeds]]
url = "gopher://example.org/"
channels = 1
""",
    )
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    bad_level = written(secrets, "loud", "log__level")
    unknown = written(secrets, "x", "log__lvl")
    environ = {
        "NIGHTDESK_DISCRD__TOKEN": "x",
        "NIGHTDESK_DISCORD__GUILD_IDS": "1, y",
        "NIGHTDESK_FEEDS__0__URL": "x",
        "NIGHTDESK_LOG__FORMAT_FILE": "/nowhere",
    }
    counted = " (feeds are counted from 0)"
    assert sorted(
        [
            f"{unknown}: there is no such setting; did you mean log__level?",
            "NIGHTDESK_LOG__FORMAT_FILE: cannot read /nowhere: No such file or directory",
            "NIGHTDESK_DISCRD__TOKEN: there is no such setting; did you mean NIGHTDESK_DISCORD__TOKEN?",
            "NIGHTDESK_FEEDS__0__URL: feeds are given in the file, or as one JSON list in NIGHTDESK_FEEDS",
            f"{path}: discord.token: is missing; it may also be NIGHTDESK_DISCORD__TOKEN or a secret file",
            "NIGHTDESK_DISCORD__GUILD_IDS.1: must be a valid integer, unable to parse string as an integer",
            f"{path}: discord.requests_per_second: must be less than or equal to 50",
            f"{path}: discord.tokn: there is no such setting; did you mean token?",
            f"{path}: polling.interval: must be between 1s and 24h",
            f"{bad_level}: must be 'debug', 'info', 'warning' or 'error'",
            f"{path}: feeds.1.url: must be an address that begins with http:// or https://{counted}",
            f"{path}: feeds.1.channel_id: is missing{counted}",
            f"{path}: feeds.1.channels: there is no such setting; did you mean channel_id?{counted}",
            f"{path}: intervall: there is no such setting",
            f"{path}: interval: there is no such setting; did you mean polling.interval?",
        ]
    ) == sorted(problems(path, environ, secrets))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[discord]\ntoken = "abc', 2),
        ('[discord]\ntoken = "abc\n\n', 2),
        ("[discord\n", 1),
        ('[discord]\ntoken = "a"\ntoken = "b"', 3),
        ('[discord]\nnote = """abc\n\n', 4),
        ("[discord]\nabc\n", 2),
    ],
)
def test_bad_toml_is_one_line_with_line_and_column(tmp_path: Path, text: str, line: int) -> None:
    path = written(tmp_path, text)
    (problem,) = problems(path, TOKEN)
    assert re.fullmatch(rf"{re.escape(str(path))}: .+ \(at line {line}, column \d+\)", problem)


def test_toml_nested_without_end_is_one_line(tmp_path: Path) -> None:
    path = written(tmp_path, "x = " + "[" * 5000)
    assert [f"{path}: is nested too deeply"] == problems(path, TOKEN)


def test_a_file_that_is_missing_or_no_text_is_one_line(tmp_path: Path) -> None:
    assert [f"{tmp_path}/no.toml: cannot be read: No such file or directory"] == problems(
        tmp_path / "no.toml", TOKEN
    )
    assert [f"{tmp_path}: cannot be read: Is a directory"] == problems(tmp_path, TOKEN)
    path = tmp_path / "latin.toml"
    path.write_bytes(b'[log]\nlevel = "\xe9"')
    assert [f"{path}: is not UTF-8 text (at line 2, column 10)"] == problems(path, TOKEN)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes('\ufeff[discord]\ntoken = "x"'.encode())
    assert "x" == token(load(path, {}))


def test_a_section_that_is_no_table_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, 'discord = "x"\nfeeds = 3\n')
    assert [
        f"{path}: discord: must be a table: [discord]",
        f"{path}: feeds: must be a list",
    ] == problems(path, TOKEN)
    path = written(tmp_path, "feeds = [3]\n")
    assert [f"{path}: feeds.0: must be a table (feeds are counted from 0)"] == problems(path, TOKEN)


def test_a_secrets_directory_may_hold_secrets_of_others(tmp_path: Path) -> None:
    written(tmp_path, "token", "discord__token")
    written(tmp_path, "theirs", "postgres_password")
    written(tmp_path, "theirs", "backup__key")
    (tmp_path / "..data").mkdir()
    assert "token" == token(load(None, {"CREDENTIALS_DIRECTORY": str(tmp_path)}))


def test_a_secrets_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    text = f"cannot read {missing}: No such file or directory"
    assert [f"--secrets-dir: {text}"] == problems(None, TOKEN, missing)
    assert [f"NIGHTDESK_SECRETS_DIR: {text}"] == problems(
        None, {**TOKEN, "NIGHTDESK_SECRETS_DIR": str(missing)}
    )


def test_a_secret_file_named_by_something_else_than_a_path_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "[discord]\ntoken_file = 3\n")
    assert [f"{path}: discord.token_file: must be the path of a file"] == problems(path, {})


SECRET = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
PART = SECRET[:8]  # Long values are shown with their middle left out.


@pytest.mark.parametrize(
    "text",
    [
        f'[discord]\ntoken = "{SECRET} {SECRET}"',
        f'[discord]\ntoken = ["{SECRET}"]',
        f'[discord]\ntokn = "{SECRET}"',
        f'discord = "{SECRET}"',
        f'[discord.token]\nx = "{SECRET}"',
        f'[discord]\ntoken = "{SECRET}"\napi_url = "{SECRET}"\ngateway_url = "{SECRET}"',
        f'[discord]\ntoken = "{SECRET}"\nguild_ids = "{SECRET}"',
        f'[discord]\ntoken = "{SECRET}"\nrequests_per_second = "{SECRET}"',
        f'[discord]\ntoken = "{SECRET}"\n[database]\nurl = "{SECRET}"',
        f'[discord]\ntoken = "{SECRET}"\n[polling]\ninterval = "{SECRET}"',
        f'[discord]\ntoken = "{SECRET}"\n[polling]\nallow_private_networks = "{SECRET}"',
        f'[discord]\ntoken = "{SECRET}"\n[polling]\nuser_agent = "{SECRET}\\n"\n[log]\nformat = "{SECRET}"',
        f'[discord]\ntoken = "{SECRET}"\n[log]\nlevel = "{SECRET}"',
        f'feeds = ["{SECRET}"]\n[discord]\ntoken = "{SECRET}"',
        f'feeds = "{SECRET}"\n[discord]\ntoken = "{SECRET}"',
        f'[discord]\ntoken = "{SECRET}"\n[[feeds]]\nurl = "{SECRET}"\nchannel_id = "{SECRET}"',
        f'[discord]\ntoken = "{SECRET}"\n[[feeds]]\nurl = "https://x.org"\ntags = "{SECRET}"',
        f'[discord]\ntoken = "{SECRET}\nmore = 1',
        f"[discord]\ntoken = {SECRET}",
        f"[discord]\n{SECRET}",
    ],
)
def test_no_error_shows_a_value(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(path, {"NIGHTDESK_LOG__LEVL": SECRET})
    chain: list[BaseException | None] = [caught.value, caught.value.__cause__, caught.value.__context__]
    assert [] == [error for error in chain if PART in repr(error) or PART in str(error)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "must not be empty"),
        (b" \n", "must not be empty"),
        (SECRET.encode() + b"\nand more", "must be the bare token, without spaces or other characters"),
        (b"\xff" + SECRET.encode(), "is not UTF-8 text"),
        (b"x" * 65537, "is too large for a secret"),
    ],
)
def test_a_bad_secret_file_is_named_without_its_content(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    assert [f"{file}: {expected}"] == problems(None, {"NIGHTDESK_DISCORD__TOKEN_FILE": str(file)})


@pytest.mark.parametrize("make", [DiscordSettings.model_validate, Settings.model_validate])
def test_values_that_code_gets_wrong_are_not_shown_either(make: Callable[[object], object]) -> None:
    with pytest.raises(ValidationError) as caught:
        make({"token": f"{SECRET} {SECRET}", "discord": SECRET})
    assert PART not in str(caught.value)
    assert PART not in repr(caught.value)


def test_the_token_is_stripped_and_never_shown() -> None:
    settings = load(None, {"NIGHTDESK_DISCORD__TOKEN": f" {SECRET}\r\n"})
    assert SECRET == token(settings)
    shown = [repr(settings), str(settings), repr(settings.model_dump()), settings.model_dump_json()]
    assert [] == [text for text in shown if SECRET in text]
