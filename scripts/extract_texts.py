"""Collects every text that people read into the catalogues; `--check` changes nothing and tells what is missing.

    python scripts/extract_texts.py           writes the template, and adds what is new to each language, untranslated
    python scripts/extract_texts.py --check   exit code 1 where the template is not current or a text not translated

Sentences come from the calls of bot/ and cogs/ (`CALLS`), names of commands, options and choices and their
descriptions from the commands themselves.
"""

import ast
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po, write_po
from discord import app_commands

from bot.adapters.client import NightdeskClient
from bot.adapters.clock import SystemClock
from bot.adapters.forum import DiscordForum
from bot.adapters.http import HttpFetcher
from bot.adapters.ids import Ids
from bot.adapters.limiter import Limiter, trace_config
from bot.adapters.parser import WorkerParser
from bot.adapters.translator import msgctxt
from bot.store import Store
from bot.texts import DOMAIN, LANGUAGES, Texts
from bot.wiring import add_cogs, wire

PROJECT = Path(__file__).parents[1]
CATALOGUES = PROJECT / "bot/texts/catalogues"
TEMPLATE = CATALOGUES / f"{DOMAIN}.pot"
# The calls whose arguments are texts: how many arguments of theirs are, and how many may stand before them.
CALLS = {"_": (1, 0), "Phrase": (1, 0), "RefusedError": (1, 0), "say": (1, 1), "say_n": (2, 1)}
HEADER = "# Texts of Nightdesk. Written by scripts/extract_texts.py; see docs/contributing.md.\n#"

Found = tuple[str | None, str | tuple[str, ...], str]
"""Context, text (both forms where it has a plural), and where it stands."""


class Recorder(app_commands.Translator):
    """Translates nothing; notes what it is asked for."""

    def __init__(self) -> None:
        self.found: list[Found] = []

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        if locale is discord.Locale.german:
            self.found.append((msgctxt(context), str(string.message), _place(context.data)))
        return None


def _place(data: object) -> str:
    match data:
        case app_commands.Command() | app_commands.Group():
            return f"/{data.qualified_name}"
        case app_commands.Parameter():
            return f"/{data.command.qualified_name} {data.name}"
        case app_commands.ContextMenu() | app_commands.Choice():
            return data.name
    raise TypeError(f"a {type(data).__name__} has no place")


@asynccontextmanager
async def desk() -> AsyncIterator[NightdeskClient]:
    """A client with all that people can use, wired as the application wires it; it talks to no Discord."""
    clock = SystemClock()
    ids, texts = Ids(clock), Texts.load()

    async def set_up(client: NightdeskClient) -> None:
        wired = wire(store, DiscordForum(client), clock, ids, texts, fetcher=fetcher, parser=WorkerParser())
        await add_cogs(client, wired.services)

    with tempfile.TemporaryDirectory() as folder:
        store = await Store.open(Path(folder) / "texts.db", ids)
        client = NightdeskClient(
            trace=trace_config(Limiter(1)), gateway_url=None, guild_ids=(), set_up=set_up, texts=texts
        )
        fetcher = HttpFetcher(clock, user_agent="extract_texts")
        try:
            await set_up(client)
            yield client
        finally:
            await fetcher.close()
            await store.close()


async def command_payloads(translator: app_commands.Translator) -> list[dict[str, Any]]:
    """The commands as Discord would be sent them."""
    async with desk() as client:
        commands = client.tree.get_commands(type=None)
        return [await command.get_translated_payload(client.tree, translator) for command in commands]


async def names() -> list[Found]:
    """The names and descriptions of commands, options and choices."""
    recorder = Recorder()
    await command_payloads(recorder)
    return recorder.found


def sentences() -> Iterator[Found]:
    for folder in ("bot", "cogs"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            place = path.relative_to(PROJECT).as_posix()
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _name(node.func) in CALLS:
                    yield from _texts_of(node, place)


def _name(called: ast.expr) -> str:
    match called:
        case ast.Name():
            return called.id
        case ast.Attribute():
            return called.attr
    return ""


def _texts_of(call: ast.Call, place: str) -> Iterator[Found]:
    """Nothing where the arguments are names of texts that are marked elsewhere."""
    count, before = CALLS[_name(call.func)]
    first = next((i for i, each in enumerate(call.args[: before + 1]) if _is_text(each)), None)
    if first is None:
        return
    given = [each.value for each in call.args[first : first + count] if isinstance(each, ast.Constant)]
    texts = tuple(each for each in given if isinstance(each, str))
    if len(texts) != count:
        raise SystemExit(
            f"{place}:{call.lineno}: a text must be one literal, no f-string; name its parameters"
        )
    yield None, texts[0] if count == 1 else texts, place


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


async def collect() -> Catalog:
    """The template: all that is to be translated, in the order of a reader's alphabet."""
    catalogue = new_catalogue()
    found = [*sentences(), *await names()]
    for context, text, place in sorted(found, key=lambda each: (each[0] or "", str(each[1]), each[2])):
        catalogue.add(text, context=context, locations=[(place, 0)])
    return catalogue


def texts_in(catalogue: Catalog) -> set[tuple[str | None, str]]:
    return {(message.context, one_of(message)) for message in catalogue if message.id}


def one_of(message: Message) -> str:
    """The text itself, or its singular."""
    return message.id if isinstance(message.id, str) else message.id[0]


def new_catalogue(language: str | None = None) -> Catalog:
    return Catalog(
        locale=language,
        domain=DOMAIN,
        header_comment=HEADER,
        project="Nightdesk",
        version="1",
        msgid_bugs_address="-",
        last_translator="-",
        language_team="-",
        fuzzy=False,
    )


def read(path: Path, language: str | None = None) -> Catalog:
    if not path.exists():
        return new_catalogue(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def path_of(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def write(path: Path, catalogue: Catalog) -> None:
    """Without line numbers: a file that moves no text changes no catalogue."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, include_lineno=False, ignore_obsolete=True)


def update(template: Catalog) -> None:
    former = read(TEMPLATE)
    if texts_in(former) == texts_in(template):
        template.creation_date = former.creation_date
    write(TEMPLATE, template)
    for language in sorted(set(LANGUAGES.values())):
        catalogue = read(path_of(language), language)
        catalogue.update(template, no_fuzzy_matching=True)
        write(path_of(language), catalogue)


def problems(template: Catalog) -> Iterator[str]:
    """One line for each text that the template lacks or has in vain, and for each that is not translated."""
    present = texts_in(read(TEMPLATE))
    for context, text in sorted(texts_in(template) - present, key=str):
        yield f"not in the template: {_told(context, text)}"
    for context, text in sorted(present - texts_in(template), key=str):
        yield f"in the template, but nowhere in the code: {_told(context, text)}"
    for language in sorted(set(LANGUAGES.values())):
        catalogue = read(path_of(language), language)
        for message in template:
            if message.id and not _is_translated(catalogue.get(message.id, message.context)):
                yield f"{language}: not translated: {_told(message.context, one_of(message))}"


def _is_translated(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    return all((message.string,) if isinstance(message.string, str) else message.string or (None,))


def _told(context: str | None, text: str) -> str:
    return f"{text!r} ({context})" if context else repr(text)


def main() -> None:
    template = asyncio.run(collect())
    if "--check" not in sys.argv[1:]:
        update(template)
    remaining = list(problems(template))
    print(*remaining, sep="\n", end="\n" if remaining else "")
    sys.exit(1 if remaining and "--check" in sys.argv[1:] else 0)


if __name__ == "__main__":
    main()
