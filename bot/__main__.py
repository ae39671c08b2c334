"""The command line: `nightdesk run`, `nightdesk check`, `nightdesk demo`. Parses arguments; decides nothing."""

import asyncio
import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from bot import app, log
from bot.config import Settings, load
from bot.demo import Demo
from bot.errors import OperatorError

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

SecretsDir = Annotated[
    Path | None, typer.Option(help="A folder of secret files, such as discord__token.", show_default=False)
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="The TOML file. Without it, settings come from the environment alone."),
]


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so.
    if wanted:
        typer.echo(f"nightdesk {version('nightdesk')}")
        raise typer.Exit


@cli.callback()
def nightdesk(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it and exit.")
    ] = False,
) -> None:
    """Nightdesk reposts news into Discord as threads and closes topics for good."""


@cli.command()
def run(config: ConfigFile = None, secrets_dir: SecretsDir = None) -> None:
    """Run the bot until it is told to stop (SIGTERM, SIGINT)."""
    settings = load(config, os.environ, secrets_dir)
    log.configure(settings.log.format, settings.log.level, [settings.discord.token.get_secret_value()])
    asyncio.run(_until_signalled(settings))


@cli.command()
def check(config: ConfigFile = None, secrets_dir: SecretsDir = None) -> None:
    """Check the settings without starting anything."""
    settings = load(config, os.environ, secrets_dir)
    typer.echo(f"The settings are fine. Feeds: {len(settings.feeds)}; database: {settings.database.path}.")


@cli.command()
def demo(
    *,
    port: Annotated[
        int | None,
        typer.Option(help="Where the page is served. Default: 8765, or a free one if that is taken."),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the page.")] = False,
    exit_after: Annotated[float | None, typer.Option(help="Stop by itself after so many seconds.")] = None,
    data: Annotated[Path | None, typer.Option(help="Keep the database in this folder.")] = None,
    speed: Annotated[
        float, typer.Option(min=0.1, max=60, help="How much faster news comes, and the live blog ends.")
    ] = 1.0,
) -> None:
    """Show the whole of Nightdesk in a browser: a local Discord, a local newspaper, the real bot."""
    show = Demo(port=port, browser=not no_browser, exit_after=exit_after, data=data, speed=speed)
    asyncio.run(show.run(_stop_on_signal))


async def _until_signalled(settings: Settings) -> None:
    await app.run(settings, _stop_on_signal())


def _stop_on_signal() -> asyncio.Event:
    """An event that SIGTERM or SIGINT sets. Only to be called while a loop runs."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def main() -> None:
    """Entry point of the `nightdesk` command: 0 when told to stop, 2 where the operator must change something."""
    try:
        cli()
    except OperatorError as error:
        sys.stderr.write(f"nightdesk: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
