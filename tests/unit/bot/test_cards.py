"""One message for each job, whatever happens in between."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from backend.jobs import JobState
from backend.views import DeliveryKind, Failure
from bot.calls import Calls
from bot.cards import Cards
from bot.receipts import Receipt
from tests.fakes import FakeClock, FakeDebts, FakeSlack, slack_error
from tests.unit.bot.made import EN, TOYS, make_concept, make_delivery, make_job

JOB, OTHER = "1" * 32, "3" * 32


@pytest.fixture
def cards(debts: FakeDebts, calls: Calls, clock: FakeClock) -> Cards:
    return Cards(debts, calls, EN, 20.0, lambda: clock.now.timestamp())


async def deliver(cards: Cards, attempt: int = 1, receipt: str | None = None) -> Receipt:
    return await cards.deliver(
        make_delivery(DeliveryKind.CARD, JOB, attempt=attempt, receipt=receipt)
    )


async def test_a_card_is_posted_once_and_then_updated(
    cards: Cards, debts: FakeDebts, slack: FakeSlack
) -> None:
    debts.views[JOB] = make_job(state=JobState.QUEUED, revision=2)
    first = await deliver(cards)
    assert first.revision == 2
    debts.views[JOB] = make_job(revision=9)
    second = await deliver(cards, receipt=first.ts)
    assert (second.revision, second.ts) == (9, first.ts)
    assert slack.calls == ["chat.postMessage", "chat.update"]
    assert "Learning" in slack.messages[str(first.ts)]["text"]


async def test_a_card_whose_posting_was_not_recorded_is_found_again(
    cards: Cards, debts: FakeDebts, slack: FakeSlack
) -> None:
    debts.views[JOB] = make_job()
    slack.lost_answers.add("chat.postMessage")
    with pytest.raises(TimeoutError):
        await deliver(cards)
    receipt = await deliver(cards, attempt=2)
    assert list(slack.messages) == [receipt.ts]


async def test_a_card_that_somebody_deleted_is_posted_anew(
    cards: Cards, debts: FakeDebts, slack: FakeSlack
) -> None:
    debts.views[JOB] = make_job()
    receipt = await deliver(cards, receipt="1.1")
    assert list(slack.messages) == [receipt.ts]


async def test_another_refusal_of_slack_is_no_reason_to_post(
    cards: Cards, debts: FakeDebts, slack: FakeSlack
) -> None:
    debts.views[JOB] = make_job()
    slack.troubles["chat.update"] = [slack_error("msg_too_long")]
    with pytest.raises(Exception, match="msg_too_long"):
        await deliver(cards, receipt="1.1")
    assert slack.messages == {}


async def test_previews_are_uploaded_economically(
    cards: Cards, debts: FakeDebts, slack: FakeSlack, clock: FakeClock, tmp_path: Path
) -> None:
    previews = [tmp_path / f"step-{number}.png" for number in range(3)]
    for preview in previews:
        preview.write_bytes(b"png")
    debts.views[JOB] = make_job(preview=previews[0])
    ts = (await deliver(cards)).ts
    await deliver(cards, receipt=ts)
    clock.go_on(5)
    debts.views[JOB] = make_job(preview=previews[1])
    await deliver(cards, receipt=ts)
    assert slack.files == [str(previews[0])]
    clock.go_on(20)
    debts.views[JOB] = make_job(preview=previews[2])
    await deliver(cards, receipt=ts)
    assert slack.files == [str(previews[0]), str(previews[2])]
    assert slack.calls[-1] == "files.delete F1"
    images = [b for b in slack.messages[str(ts)]["blocks"] if b.type == "image"]
    assert images[0].to_dict()["slack_file"] == {"id": "F2"}


async def test_what_another_card_still_shows_is_not_removed(
    cards: Cards,
    debts: FakeDebts,
    slack: FakeSlack,
    clock: FakeClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, new = tmp_path / "step-1.png", tmp_path / "step-2.png"
    for preview in (old, new):
        preview.write_bytes(b"png")
    debts.views[JOB] = make_job(preview=old)
    ts = (await deliver(cards)).ts
    debts.views[OTHER] = make_job(id=OTHER)
    other = await cards.deliver(make_delivery(DeliveryKind.CARD, OTHER))
    clock.go_on(60)
    debts.views[JOB] = make_job(preview=new)
    update, under_way, go_on = slack.chat_update, asyncio.Event(), asyncio.Event()

    async def slow(**sent: Any) -> dict[str, Any]:
        if sent["ts"] == ts:
            under_way.set()
            await go_on.wait()
        return await update(**sent)

    monkeypatch.setattr(slack, "chat_update", slow)
    delivering = asyncio.create_task(deliver(cards, receipt=ts))
    await under_way.wait()
    await cards.deliver(make_delivery(DeliveryKind.CARD, OTHER, receipt=other.ts))
    assert "files.delete F1" not in slack.calls, "the card still shows it"
    go_on.set()
    await delivering
    assert slack.calls[-1] == "files.delete F1"


async def test_a_preview_that_cannot_be_uploaded_does_not_hold_up_the_card(
    cards: Cards, debts: FakeDebts, slack: FakeSlack, tmp_path: Path
) -> None:
    preview = tmp_path / "step-1.png"
    preview.write_bytes(b"png")
    debts.views[JOB] = make_job(preview=preview)
    slack.troubles["files.upload"] = [slack_error("internal_error")]
    assert (await deliver(cards)).ts in slack.messages


async def test_a_ready_concept_is_announced_once_in_the_cards_thread(
    cards: Cards, debts: FakeDebts
) -> None:
    debts.views[JOB] = make_job(state=JobState.READY, concept=make_concept())
    ts = (await deliver(cards)).ts
    await deliver(cards, receipt=ts)
    [(place, text)] = debts.notes.values()
    assert place.thread == ts
    assert "<@U0ADA>" in text
    assert "&lt;dicoo&gt;* is ready" in text


async def test_a_failure_is_announced_a_cancellation_is_not(cards: Cards, debts: FakeDebts) -> None:
    debts.views[JOB] = make_job(state=JobState.CANCELLED)
    await deliver(cards)
    assert debts.notes == {}
    failure = Failure("deadline", "It took too long.", "Use fewer steps.")
    debts.views[JOB] = make_job(state=JobState.FAILED, failure=failure, place=TOYS)
    await deliver(cards)
    [(_, text)] = debts.notes.values()
    assert "It took too long. Use fewer steps." in text
