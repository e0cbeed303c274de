"""The team's memory."""

from demo.workspace.messages import Message
from demo.workspace.rendering import message_json
from demo.workspace.state import Change, ChangeKind, Team
from demo.workspace.uploads import store_file


def message(team: Team, **changes: object) -> Message:
    fields = {"ts": team.next_ts(), "channel": "C0TOYS", "author": "U0ADA", "text": "x", **changes}
    return Message(**fields)  # type: ignore[arg-type]


def test_timestamps_grow_and_have_slacks_form() -> None:
    team = Team()
    stamps = [team.next_ts() for _ in range(1000)]
    assert stamps == sorted(set(stamps))
    assert all(len(one.split(".")[1]) == 6 for one in stamps)


def test_a_channel_is_found_by_id_name_or_person() -> None:
    team = Team()
    found = [team.channel_of(one) for one in ("C0TOYS", "#toys", "toys", "U0LIN", "U0NOBODY", "#x")]
    assert [one and one.id for one in found] == ["C0TOYS", "C0TOYS", "C0TOYS", "D0LIN", None, None]


def test_watchers_hear_of_each_change_until_they_leave() -> None:
    team = Team()
    heard: list[Change] = []
    leave = team.watch(heard.append)
    one = team.add(message(team))
    two = team.add(message(team, ephemeral_to="U0LIN"))
    leave()
    team.remove(one)
    assert heard == [
        Change(ChangeKind.MESSAGE, "C0TOYS", one.ts, None),
        Change(ChangeKind.EPHEMERAL, "C0TOYS", two.ts, "U0LIN"),
    ]


def test_replies_hide_what_others_alone_may_see() -> None:
    team = Team()
    root = team.add(message(team))
    reply = team.add(message(team, thread_ts=root.ts))
    private = team.add(message(team, thread_ts=root.ts, ephemeral_to="U0LIN"))
    assert team.replies("C0TOYS", root.ts) == (reply,)
    assert team.replies("C0TOYS", root.ts, "U0LIN") == (reply, private)


def test_what_one_person_alone_may_see_is_seen_only_in_threads_with_replies() -> None:
    team = Team()
    root = team.add(message(team))
    team.add(message(team, thread_ts=root.ts, ephemeral_to="U0LIN"))
    assert team.replies("C0TOYS", root.ts, "U0LIN") == ()
    reply = team.add(message(team, thread_ts=root.ts))
    assert team.replies("C0TOYS", root.ts, "U0LIN") == (reply,)


def test_of_a_removed_file_its_messages_show_a_tombstone() -> None:
    team = Team()
    stored = store_file("a.txt", b"words", "U0ADA")
    team.files[stored.id] = stored
    posted = team.add(message(team, file_ids=(stored.id,)))
    assert [one.ts for one in team.files[stored.id].shares] == [posted.ts]
    team.remove_file(stored.id)
    kept = team.message("C0TOYS", posted.ts)
    assert kept is not None
    shown = message_json(team, kept, "http://127.0.0.1")
    assert shown["files"] == [{"id": stored.id, "mode": "tombstone"}]
