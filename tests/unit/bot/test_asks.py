"""Payloads become asks, unescaped once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asks import Origin, from_button, from_command, from_message, plain, unescape
from bot.blocks.kit import escape
from bot.wishes import Cancel
from tests.unit.bot.made import NOW

BOT = "U0FIGMENT"


def event(text: str, **more: Any) -> dict[str, Any]:
    message = {
        "type": "app_mention",
        "channel": "C1",
        "user": "U1",
        "text": text,
        "ts": "1700000000.000100",
    }
    return {"event_id": "Ev1", "team_id": "T1", "event": {**message, **more}}


@given(st.text())
def test_what_was_escaped_once_is_unescaped_once(text: str) -> None:
    assert unescape(escape(text)) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a &lt;dicoo&gt; &amp; co", "a <dicoo> & co"),
        ("a <dicoo>", "a <dicoo>"),
        ("&amp;lt;", "&lt;"),
        ("by <https://toys.example|toys.example>", "by toys.example"),
        ("see <https://toys.example>", "see https://toys.example"),
        ("for <#C1|toys> and <@U2|lin>", "for toys and lin"),
        ("<!here> look", "here look"),
    ],
)
def test_a_message_reads_as_it_was_written(text: str, said: str) -> None:
    assert plain(text) == said


def test_a_mention_is_answered_in_its_thread() -> None:
    ask = from_message(event(f"<@{BOT}> a &lt;dicoo&gt;"), BOT)
    assert ask is not None
    assert (ask.origin, ask.text, ask.thread) == (
        Origin.MENTION,
        "a <dicoo>",
        "1700000000.000100",
    )
    inside = from_message(event("x", thread_ts="1600000000.000100"), BOT)
    assert inside is not None
    assert inside.thread == "1600000000.000100"


def test_a_direct_message_needs_no_mention_and_no_thread() -> None:
    ask = from_message(event("help", type="message", channel="D1", channel_type="im"), BOT)
    assert ask is not None
    assert (ask.text, ask.thread) == ("help", None)


@pytest.mark.parametrize(
    "more",
    [
        {"type": "message", "subtype": "file_share"},
        {"channel": "D1"},
        {"bot_id": "B1"},
        {"user": BOT},
        {"subtype": "message_changed"},
    ],
)
def test_what_is_not_said_to_the_bot_or_comes_twice(more: dict[str, Any]) -> None:
    assert from_message(event("teach <dicoo> as toy", **more), BOT) is None


def test_files_come_along() -> None:
    files = [{"id": "F1", "name": "a.png", "mimetype": "image/png", "size": 5, "extra": True}]
    ask = from_message(event("x", files=files), BOT)
    assert ask is not None
    assert [file.id for file in ask.files] == ["F1"]


PICTURE = [{"id": "F1", "name": "a.png", "mimetype": "image/png"}]


@pytest.mark.parametrize("text", ["", " "])
def test_pictures_alone_in_the_direct_channel_ask_for_nothing_yet(text: str) -> None:
    direct = {"type": "message", "subtype": "file_share", "channel": "D1", "channel_type": "im"}
    assert from_message(event(text, files=PICTURE, **direct), BOT) is None
    assert from_message(event("teach <dicoo> as toy", files=PICTURE, **direct), BOT) is not None
    assert from_message(event(f"<@{BOT}>", files=PICTURE), BOT) is not None, "it was called"


def test_an_ask_survives_the_inbox() -> None:
    body = {
        "trigger_id": "1.2.3",
        "team_id": "T1",
        "user_id": "U1",
        "channel_id": "C1",
        "command": "/imagine",
        "text": "a &lt;dicoo&gt;",
        "response_url": "https://hooks.slack.com/x",
    }
    ask = from_command(body, NOW)
    assert (ask.command, ask.text) == ("imagine", "a <dicoo>")
    assert type(ask).model_validate(ask.model_dump(mode="json")) == ask


@pytest.mark.parametrize(("thread_ts", "thread"), [("1.1", None), ("0.9", "0.9"), (None, None)])
def test_a_button_on_the_first_message_of_a_thread_belongs_to_the_channel(
    thread_ts: str | None, thread: str | None
) -> None:
    body = {
        "trigger_id": "9",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "channel": {"id": "C1"},
        "message": {"ts": "1.1", "thread_ts": thread_ts},
    }
    assert from_button(body, Cancel(what="x"), NOW).thread == thread


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("teach \uff1cdicoo\uff1e as toy", "teach <dicoo> as toy"),
        ("a \u300adicoo\u300b robot", "a <dicoo> robot"),
        ("\u300a\u7ea2\u697c\u68a6\u300b \uff1c", "\u300a\u7ea2\u697c\u68a6\u300b \uff1c"),
    ],
)
def test_wide_brackets_around_a_name_are_understood(typed: str, read: str) -> None:
    assert plain(typed) == read
