import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.database import Database, migrations


async def test_a_new_file_gets_the_newest_schema(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "desk.db")
    row = await database.read.one("SELECT MAX(version) AS version FROM schema_version")
    await database.close()
    assert row is not None
    assert migrations()[-1][0] == row["version"]


async def test_an_exception_undoes_the_whole_transaction(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "desk.db")

    async def write_and_fail() -> None:
        async with database.write() as tx:
            await tx.execute("INSERT INTO channel_problems VALUES (1, 'x', 0)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    assert [] == await database.read.all("SELECT * FROM channel_problems")
    await database.close()


async def test_a_cancelled_writer_leaves_the_next_one_a_clean_start(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "desk.db")
    started = asyncio.Event()

    async def write_for_ever() -> None:
        async with database.write() as tx:
            await tx.execute("INSERT INTO channel_problems VALUES (1, 'x', 0)")
            started.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_for_ever())
    await started.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with database.write() as tx:
        await tx.execute("INSERT INTO channel_problems VALUES (2, 'y', 0)")
    rows = await database.read.all("SELECT channel_id FROM channel_problems")
    await database.close()
    assert [2] == [row["channel_id"] for row in rows]


async def test_a_reader_does_not_see_what_is_not_committed(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "desk.db")
    async with database.write() as tx:
        await tx.execute("INSERT INTO channel_problems VALUES (1, 'x', 0)")
        assert [] == await database.read.all("SELECT * FROM channel_problems")
    await database.close()


async def test_a_second_desk_on_the_same_database_is_refused(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "desk.db")
    with pytest.raises(StoreError, match="another Nightdesk is running on this database"):
        await Database.open(tmp_path / "desk.db")
    await database.close()
    await (await Database.open(tmp_path / "desk.db")).close()


async def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    path.write_text("no database at all\n" * 100)
    with pytest.raises(
        StoreError, match="cannot be opened as Nightdesk's database: file is not a database"
    ) as error:
        await Database.open(path)
    assert "\n" not in str(error.value)


async def test_a_folder_that_cannot_be_made_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="the folder of the database cannot be written"):
        await Database.open(tmp_path / "file" / "desk.db")


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    await (await Database.open(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO schema_version VALUES (999)")
    connection.close()
    newest = len(migrations())
    with pytest.raises(
        StoreError, match=f"written by a newer Nightdesk \\(schema 999, this one knows {newest}\\)"
    ):
        await Database.open(path)


def test_migrations_are_numbered_without_a_gap() -> None:
    numbers = [number for number, _ in migrations()]
    assert list(range(1, len(numbers) + 1)) == numbers


@pytest.mark.parametrize(
    "query",
    [
        "SELECT feed_id FROM feeds WHERE next_poll_at <= 1 ORDER BY next_poll_at LIMIT 9",
        "SELECT MIN(next_poll_at) FROM feeds WHERE next_poll_at > 1",
        "SELECT topic_id FROM topics WHERE channel_id = 1 AND due_at <= 1 ORDER BY topic_id LIMIT 9",
        "SELECT channel_id FROM topics WHERE due_at <= 1 GROUP BY channel_id ORDER BY MIN(due_at) LIMIT 9",
        "SELECT MIN(due_at) FROM topics WHERE due_at > 1",
        "SELECT * FROM topics WHERE thread_id = 1",
        "SELECT * FROM messages WHERE topic_id = 1 ORDER BY record_id",
        "SELECT * FROM cases WHERE topic_id = 1 ORDER BY case_id DESC LIMIT 1",
        "SELECT MAX(number) FROM cases WHERE guild_id = 1",
        "SELECT appeal_id FROM appeals WHERE due_at <= 1 ORDER BY due_at LIMIT 9",
        "SELECT MIN(due_at) FROM appeals WHERE due_at > 1",
        "SELECT * FROM recommendations WHERE topic_id = 1 ORDER BY created_at, message_id",
        "SELECT * FROM topics WHERE guild_id = 1 AND archived = 0 AND state <> 'gone' AND suspended_at IS NULL",
        "SELECT DISTINCT channel_id FROM topics WHERE guild_id = 1 AND suspended_at IS NOT NULL",
        "SELECT topic_id FROM timers WHERE guild_id = 1 AND state IN ('pending', 'leased')",
        "SELECT * FROM topics WHERE channel_id = 1 AND topic_id > 1 ORDER BY topic_id LIMIT 9",
        "SELECT 1 FROM topics WHERE channel_id = 1 AND due_at IS NOT NULL AND thread_id IS NULL LIMIT 1",
        "SELECT guild_id FROM staff_messages WHERE due_at <= 1 GROUP BY guild_id ORDER BY MIN(due_at) LIMIT 9",
        "SELECT MIN(due_at) FROM staff_messages WHERE due_at > 1",
        "SELECT * FROM staff_messages WHERE guild_id = 1 AND due_at <= 1 ORDER BY case_id LIMIT 9",
        "SELECT timer_id FROM timers WHERE state = 'pending' AND due_at <= 1 ORDER BY due_at LIMIT 9",
        "SELECT 1 FROM timers WHERE topic_id = 1 AND state IN ('pending', 'leased') AND due_at < 1",
        "SELECT timer_id FROM timers WHERE state = 'leased' AND lease_until <= 1 LIMIT 9",
        "SELECT MIN(due_at) FROM timers WHERE state = 'pending' AND due_at > 1",
        "SELECT MIN(lease_until) FROM timers WHERE state = 'leased' AND lease_until > 1",
        "SELECT * FROM timers WHERE topic_id = 1 AND state IN ('pending', 'leased') ORDER BY due_at",
    ],
)
async def test_what_a_loop_asks_is_answered_by_an_index(tmp_path: Path, query: str) -> None:
    database = await Database.open(tmp_path / "desk.db")
    plan = [row["detail"] for row in await database.read.all(f"EXPLAIN QUERY PLAN {query}")]
    await database.close()
    assert not [step for step in plan if step.startswith("SCAN") and "INDEX" not in step], plan
