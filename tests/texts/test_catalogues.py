"""The packaged catalogues: complete, fit to be filled in, and names that Discord accepts.

`python scripts/extract_texts.py` mends what the first test complains of, all but the translating.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import discord
import extract_texts
import pytest
from babel.messages import Message
from discord.app_commands.commands import validate_name

from bot.adapters.translator import CatalogueTranslator
from bot.texts import LANGUAGES, Texts

PROJECT = Path(__file__).parents[2]
CATALOGUES = sorted(set(LANGUAGES.values()))
Json = dict[str, Any]


@pytest.fixture
async def commands() -> list[Json]:
    """All commands as Discord is sent them."""
    return await extract_texts.command_payloads(CatalogueTranslator(Texts.load()))


async def test_every_text_is_in_every_catalogue() -> None:
    assert [] == list(extract_texts.problems(await extract_texts.collect()))


def messages(language: str) -> Iterator[Message]:
    for message in extract_texts.read(extract_texts.path_of(language), language):
        if message.id:
            yield message


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """A text, or the forms of a plural; nothing where it is not translated."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def placeholders(text: str) -> list[str]:
    """As they stand, with their format, so that a translation can change neither. Raises ValueError where broken."""
    parts = Formatter().parse(text)
    return sorted({f"{name}!{conversion}:{spec}" for _, name, spec, conversion in parts if name is not None})


def allowed(message: Message) -> list[list[str]]:
    """Of a plural either form's placeholders: "one topic" needs no number."""
    return [placeholders(form) for form in forms(message.id)]


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_translation_has_the_placeholders_of_its_text(language: str) -> None:
    wrong = [
        (message.id, form)
        for message in messages(language)
        for form in forms(message.string)
        if placeholders(form) not in allowed(message)
    ]
    assert [] == wrong


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_translation_keeps_the_marks_of_its_text(language: str) -> None:
    """Code spans and emphasis stay; no space is lost at an end."""
    marks = "`", "**"
    wrong = [
        (message.id, form)
        for message in messages(language)
        for form in forms(message.string)
        if any(form.count(mark) != forms(message.id)[-1].count(mark) for mark in marks)
        or form != form.strip()
    ]
    assert [] == wrong


async def test_every_placeholder_has_a_name() -> None:
    template = await extract_texts.collect()
    found = {
        name
        for message in template
        if message.id
        for form in forms(message.id)
        for name in placeholders(form)
    }
    assert [] == [name for name in found if not name.split("!")[0].isidentifier()]


def things(form: Json) -> Iterator[Json]:
    """A command and all options and choices in it."""
    yield form
    for inner in (*form.get("options", ()), *form.get("choices", ())):
        yield from things(inner)


def called(form: Json, locale: str, key: str = "name") -> str:
    return str((form.get(f"{key}_localizations") or {}).get(locale, form.get(key) or ""))


@pytest.mark.parametrize("locale", sorted(LANGUAGES))
async def test_names_obey_discords_rules_in_every_language(commands: list[Json], locale: str) -> None:
    """`validate_name` is discord.py's own: 1 to 32 lower-case letters, digits, hyphens and underscores."""
    for command in commands:
        if command["type"] != discord.AppCommandType.chat_input.value:
            assert 1 <= len(called(command, locale)) <= 32
            continue
        for thing in things(command):
            if "type" in thing:
                validate_name(called(thing, locale))
            else:
                assert 1 <= len(called(thing, locale)) <= 100, thing


@pytest.mark.parametrize("locale", ["en-US", *sorted(LANGUAGES)])
async def test_names_are_unique_where_people_choose_between_them(commands: list[Json], locale: str) -> None:
    groups = [[command for command in commands if command["type"] == kind] for kind in (1, 2, 3)]
    for command in commands:
        for thing in things(command):
            groups += [thing.get("options", []), thing.get("choices", [])]
    for group in groups:
        names = [called(thing, locale) for thing in group]
        assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("locale", ["en-US", *sorted(LANGUAGES)])
async def test_descriptions_are_given_and_fit(commands: list[Json], locale: str) -> None:
    wrong = [
        (called(thing, "en-US"), called(thing, locale, "description"))
        for command in commands
        for thing in things(command)
        if "description" in thing
        and command["type"] == discord.AppCommandType.chat_input.value
        and (not 1 <= len(called(thing, locale, "description")) <= 100 or "…" == thing["description"])
    ]
    assert [] == wrong


async def test_english_is_the_source_and_is_sent_once(commands: list[Json]) -> None:
    told = {
        locale
        for command in commands
        for thing in things(command)
        for locale in thing.get("name_localizations", ())
    }
    assert set(LANGUAGES) == told


def longest(form: Json, key: str) -> int:
    return max(len(called(form, locale, key)) for locale in ("en-US", *LANGUAGES))


async def test_no_command_is_larger_than_discord_allows(commands: list[Json]) -> None:
    """8000 characters of names, descriptions and values, each in its longest language."""
    sizes = {
        command["name"]: sum(
            longest(thing, "name") + longest(thing, "description") + len(str(thing.get("value", "")))
            for thing in things(command)
        )
        for command in commands
    }
    assert {} == {name: size for name, size in sizes.items() if size > 8000}


# Arguments of discord.py that people read; what options are called and described as is collected from the commands.
SHOWN = {"content", "label", "title", "placeholder", "value", "text"}
COLLECTED = {"describe", "rename"}


def unmarked(path: Path) -> Iterator[str]:
    """Literals with words in them that go to Discord without having been said in a language."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        function = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if function in COLLECTED:
            continue
        for keyword in node.keywords:
            shown = keyword.arg in SHOWN or (function == "add_field" and keyword.arg == "name")
            if shown and any(letter.isalpha() for letter in bare_text(keyword.value)):
                yield f"{path.name}:{node.lineno}: {ast.unparse(keyword)}"


def bare_text(node: ast.expr) -> str:
    """What a literal or an f-string says in words of its own."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    said = [part.value for part in parts if isinstance(part, ast.Constant)]
    return "".join(each for each in said if isinstance(each, str))


def test_no_cog_shows_a_text_that_nobody_can_translate() -> None:
    assert [] == [each for path in sorted((PROJECT / "cogs").rglob("*.py")) for each in unmarked(path)]
