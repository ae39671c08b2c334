"""The SQLite driver: connections, transactions, migrations. The only module that knows a pragma."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import aiosqlite

from bot.errors import StoreBusyError, StoreError

Row = sqlite3.Row
Values = Mapping[str, Any]

_PRAGMAS = ("busy_timeout = 5000", "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON")


class Transaction:
    """Statements on one connection. Parameters are named (`:name`), rows are read by column name.

    Raises StoreError where the file or the disk fails; a statement that is wrong is our own fault and raises sqlite3's.
    """

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def execute(self, sql: str, values: Values | None = None) -> int:
        """Run one statement; returns the number of rows it changed."""
        with _told_to_operator():
            # Not closed: closing would be one more trip to the connection's thread, for a cursor that is done.
            return (await self._connection.execute(sql, values or {})).rowcount

    async def execute_many(self, sql: str, rows: Sequence[Values]) -> None:
        if rows:
            with _told_to_operator():
                await self._connection.executemany(sql, rows)

    async def all(self, sql: str, values: Values | None = None) -> list[Row]:
        with _told_to_operator():
            return list(await self._connection.execute_fetchall(sql, values or {}))

    async def one(self, sql: str, values: Values | None = None) -> Row | None:
        return next(iter(await self.all(sql, values)), None)


@contextmanager
def _told_to_operator() -> Iterator[None]:
    """A lock, a full or failing disk, a file that may not be written: the operator's matter, in one line."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_ERROR:
            raise
        raise _trouble(error) from error


def _trouble(error: sqlite3.Error) -> StoreError:
    busy = getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return (
        StoreBusyError("the database is locked by another program")
        if busy
        else StoreError(f"the database: {error}")
    )


class Database:
    """One writer at a time, readers beside it (WAL). Use `open`, and `close` when done."""

    def __init__(
        self, writer: aiosqlite.Connection, reader: aiosqlite.Connection, owner: sqlite3.Connection
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._owner = owner
        self._lock = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path) -> "Database":
        """Open or create the file and bring it to this version's schema. Raises StoreError with one clear line."""
        owner = _claim(path)
        try:
            async with AsyncExitStack() as on_failure:
                on_failure.callback(owner.close)
                writer = await _connect(path)
                on_failure.push_async_callback(writer.close)
                await _migrate(writer, path)
                reader = await _connect(path)
                on_failure.pop_all()
        except sqlite3.Error as error:
            kind = type(_trouble(error))
            raise kind(f"{path}: cannot be opened as Nightdesk's database: {error}") from error
        return cls(writer, reader, owner)

    async def close(self) -> None:
        async with self._lock:
            await self._reader.close()
            await self._writer.close()
            self._owner.close()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """A transaction: all of it or, after any exception, nothing."""
        async with self._lock:
            tx = Transaction(self._writer)
            await tx.execute("BEGIN IMMEDIATE")
            try:
                yield tx
                await tx.execute("COMMIT")
            finally:
                if self._writer.in_transaction:
                    await self._writer.execute("ROLLBACK")

    @property
    def read(self) -> Transaction:
        """Reads what is committed; each statement sees one consistent state."""
        return Transaction(self._reader)


def _claim(path: Path) -> sqlite3.Connection:
    """Hold a lock for as long as the process lives: two bots on one database would fight over Discord.

    The lock is SQLite's own, on a small file beside the database: it works on every platform and ends with the process.
    """
    owner: sqlite3.Connection | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        owner = sqlite3.connect(path.with_name(path.name + ".lock"), timeout=0, isolation_level=None)
        owner.execute("BEGIN EXCLUSIVE")
    except (OSError, sqlite3.Error) as error:
        if owner:
            owner.close()
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            raise StoreError(
                f"{path}: another Nightdesk is running on this database; stop it first"
            ) from error
        raise StoreError(f"{path}: the folder of the database cannot be written: {error}") from error
    return owner


async def _connect(path: Path) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(path, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        for pragma in _PRAGMAS:
            await connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        await connection.close()
        raise
    return connection


def migrations() -> list[tuple[int, str]]:
    """Every migration as (version, SQL), in order."""
    folder = files("bot.store").joinpath("migrations")
    scripts = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    return [(int(name.split("_")[0]), folder.joinpath(name).read_text(encoding="utf-8")) for name in scripts]


async def _migrate(connection: aiosqlite.Connection, path: Path) -> None:
    """Apply what is missing, each migration in one transaction with its version, after keeping a copy."""
    known = migrations()
    version = await _version(connection)
    newest = known[-1][0]
    if version > newest:
        raise StoreError(
            f"{path}: was written by a newer Nightdesk (schema {version}, this one knows {newest}); "
            f"upgrade Nightdesk, or put back the copy {path.name}.v{newest}.bak"
        )
    missing = [(number, script) for number, script in known if number > version]
    if missing and version:
        await _keep_a_copy(connection, path.with_name(f"{path.name}.v{version}.bak"))
    for number, script in missing:
        await _apply(connection, number, script)


async def _version(connection: aiosqlite.Connection) -> int:
    await connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY)")
    async with connection.execute("SELECT MAX(version) FROM schema_version") as cursor:
        row = await cursor.fetchone()
    return int(row[0] or 0) if row else 0


async def _keep_a_copy(connection: aiosqlite.Connection, copy: Path) -> None:
    await asyncio.to_thread(copy.unlink, missing_ok=True)
    await connection.execute("VACUUM INTO :copy", {"copy": str(copy)})


async def _apply(connection: aiosqlite.Connection, number: int, script: str) -> None:
    try:
        await connection.executescript(
            f"BEGIN IMMEDIATE;\n{script}\nINSERT INTO schema_version (version) VALUES ({number});\nCOMMIT;"
        )
    finally:
        if connection.in_transaction:
            await connection.rollback()
