"""config.example.toml tells the truth about every setting."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.config import load
from bot.config.model import SECTIONS, FeedSettings, Section, Settings

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
DISABLED = re.compile(r"^#(?:(\w+) = ?(.*)|\[\[\w+\]\])$", re.MULTILINE)
UNSET = "unset"


def enabled(found: re.Match[str]) -> str:
    return f"{found[1]} = {found[2] or repr(UNSET)}" if found[1] else found[0].removeprefix("#")


def everything() -> dict[str, Any]:
    """The example with every disabled key enabled."""
    return tomllib.loads(DISABLED.sub(enabled, EXAMPLE.read_text("utf-8")))


def tables() -> list[tuple[type[Section], dict[str, Any]]]:
    values = everything()
    return [*((model, values[name]) for name, model in SECTIONS.items()), (FeedSettings, values["feeds"][0])]


def test_it_loads_as_it_stands() -> None:
    settings = load(EXAMPLE, {})
    assert "put-the-token-here" == settings.discord.token.get_secret_value()
    assert () == settings.feeds, "an example is no feed of anybody"


def test_it_loads_with_the_token_in_a_file_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        EXAMPLE.read_text("utf-8").replace('token = "put-the-token-here"', 'token_file = "token.txt"')
    )
    (tmp_path / "token.txt").write_text("a-token\n")
    assert "a-token" == load(path, {}).discord.token.get_secret_value()


def test_it_names_every_section() -> None:
    assert {*Settings.model_fields} == {*everything()}


@pytest.mark.parametrize(("model", "table"), tables(), ids=lambda value: getattr(value, "__name__", ""))
def test_it_names_every_key_and_no_other(model: type[Section], table: dict[str, Any]) -> None:
    assert {*model.model_fields} == {key.removesuffix("_file") for key in table}


@pytest.mark.parametrize(("model", "table"), tables(), ids=lambda value: getattr(value, "__name__", ""))
def test_it_shows_the_true_defaults(model: type[Section], table: dict[str, Any]) -> None:
    """A key that shows no value has a default that is unset (or, for the user agent, carries the version)."""
    required = {
        name: table.get(name, "a-token") for name, field in model.model_fields.items() if field.is_required()
    }
    shown = {key: value for key, value in table.items() if key in model.model_fields and value != UNSET}
    assert model.model_validate(required) == model.model_validate({**required, **shown})
    unset = {key for key, value in table.items() if value == UNSET}
    defaults = model.model_validate(required)
    assert {key for key in model.model_fields if getattr(defaults, key) is None} == unset - {"user_agent"}


def test_each_key_has_a_line_of_explanation_above_it() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    keys = [number for number, line in enumerate(lines) if re.match(r"#?\w+ =", line)]
    assert [] == [lines[number] for number in keys if not lines[number - 1].startswith("# ")]
