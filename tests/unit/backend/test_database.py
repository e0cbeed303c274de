"""What both databases promise alike."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, StatementError

from backend.database import Database, open_engine
from backend.inbox import Inbox
from backend.models import ConceptRow, ConceptVersionRow
from backend.views import Incoming
from tests.fakes import START


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A connection to an empty database."""
    database = Database(open_engine(database_url))
    yield database
    await database.close()


def _concept(token: str, at: datetime = START) -> ConceptRow:
    return ConceptRow(workspace="T", token=token, user="U", created_at=at)


async def test_times_come_back_in_utc(database: Database) -> None:
    there = timezone(timedelta(hours=-5))
    async with database.writing() as session:
        session.add(_concept("<a>", datetime(2026, 1, 1, 20, 30, 0, 123456, tzinfo=there)))
    async with database.reading() as session:
        found = await session.scalar(select(ConceptRow.created_at))
    assert found == datetime(2026, 1, 2, 1, 30, 0, 123456, tzinfo=UTC)
    assert found.tzinfo is UTC


async def test_a_time_without_time_zone_is_a_mistake(database: Database) -> None:
    with pytest.raises(StatementError, match="without time zone"):
        async with database.writing() as session:
            session.add(_concept("<a>", datetime(2026, 1, 1)))


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.writing() as session:
            session.add(_concept("<a>"))
            await session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await write_and_fail()
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(ConceptRow)) == 0


async def test_a_reader_sees_one_state(database: Database) -> None:
    count = select(func.count()).select_from(ConceptRow)
    async with database.reading() as reader:
        assert await reader.scalar(count) == 0
        async with database.writing() as writer:
            writer.add(_concept("<a>"))
        assert await reader.scalar(count) == 0
    async with database.reading() as reader:
        assert await reader.scalar(count) == 1


async def test_keys_of_other_tables_are_checked(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            session.add(
                ConceptVersionRow(
                    concept_id=99,
                    version=1,
                    initializer="toy",
                    learnable_property="object",
                    base_hash="",
                    embedding="",
                    sha256="",
                    vectors=1,
                    samples=[],
                    created_at=START,
                )
            )


async def test_what_one_process_wrote_another_reads(database: Database, database_url: str) -> None:
    other = Database(open_engine(database_url))
    assert await Inbox(other).receive(Incoming("e", "k", {"a": [1, None]}, START))
    assert not await Inbox(database).receive(Incoming("e", "k", {}, START))
    assert (await Inbox(database).unsettled())[0].body == {"a": [1, None]}
    await other.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_who_writes_at_once_waits_for_one_of_the_others_at_most(database: Database) -> None:
    order: list[str] = []
    is_held, is_free = asyncio.Event(), asyncio.Event()

    async def write(name: str, *, at_once: bool = False) -> None:
        async with database.writing(at_once=at_once):
            order.append(name)
            is_held.set()
            await is_free.wait()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(write("the first"))
        await is_held.wait()
        for number in range(3):
            tasks.create_task(write(f"other {number}"))
        await asyncio.sleep(0)
        tasks.create_task(write("at once", at_once=True))
        await asyncio.sleep(0)
        is_free.set()
    assert order[:2] == ["the first", "at once"]
    assert order[2:] == ["other 0", "other 1", "other 2"]
