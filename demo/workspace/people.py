"""What a person does at the page: talk, upload, command, click, use a shortcut."""

from demo.workspace import interactions
from demo.workspace.blocks import find_element
from demo.workspace.elements import Given, action_json
from demo.workspace.faults import PageError
from demo.workspace.interactions import Handles
from demo.workspace.json_types import Json
from demo.workspace.manifest import (
    COMMANDS,
    MEMBERS,
    SHORTCUTS,
    Channel,
    Person,
    member,
)
from demo.workspace.messages import Message
from demo.workspace.rendering import message_json
from demo.workspace.responding import Response, post_response
from demo.workspace.scopes import SCOPE_OF_COMMANDS
from demo.workspace.socket_mode import NotAcknowledgedError
from demo.workspace.text import escape, write_down
from demo.workspace.workspace import Workspace


def person_named(person_id: str) -> Person:
    """Return the person with this id.

    Raises:
        PageError: nobody has it.
    """
    person = member(person_id)
    if person is None or person.is_bot:
        raise PageError("user_not_found", f"Nobody here has the id {person_id!r}.")
    return person


def channel_named(workspace: Workspace, person: Person, channel_id: str) -> Channel:
    """Return the channel with this id, of which the person must be a member.

    Raises:
        PageError: there is no such channel for this person.
    """
    channel = workspace.team.channels.get(channel_id)
    if channel is None or person.id not in channel.members:
        raise PageError("channel_not_found", f"There is no channel {channel_id!r} for you.")
    return channel


def message_at(workspace: Workspace, person: Person, channel: str, ts: str) -> Message:
    """Return the message with this ts, which the person must be able to see.

    Raises:
        PageError: there is no such message for this person.
    """
    message = workspace.team.message(channel, ts)
    if message is None or message.ephemeral_to not in (None, person.id):
        raise PageError("message_not_found", "This message is not there any more.")
    return message


def say(
    workspace: Workspace,
    person: Person,
    channel: Channel,
    typed: str,
    *,
    thread_ts: str | None = None,
    file_ids: tuple[str, ...] = (),
) -> Message:
    """Post what a person typed, with the files they attached.

    Raises:
        PageError: there is nothing to post, or the thread's message is gone.
    """
    if not typed.strip() and not file_ids:
        raise PageError("no_text", "Write something or attach a file first.")
    if thread_ts is not None:
        root = message_at(workspace, person, channel.id, thread_ts)
        thread_ts = root.thread_ts or root.ts
    return workspace.post(
        Message(
            ts=workspace.team.next_ts(),
            channel=channel.id,
            author=person.id,
            text=write_down(typed, MEMBERS, workspace.team.channels.values()),
            file_ids=file_ids,
            thread_ts=thread_ts,
        )
    )


async def command(
    workspace: Workspace, person: Person, channel: Channel, name: str, typed: str, *, threaded: bool
) -> None:
    """Run a slash command and show the app's acknowledgement.

    Raises:
        PageError: the app has no such command, it is in a thread, or the app did not answer.
    """
    has_commands = SCOPE_OF_COMMANDS in workspace.controls.provided
    declared = next((one for one in COMMANDS if one.name == name), None)
    if not has_commands or declared is None:
        raise PageError(
            "invalid_command",
            f"{name} is not a valid command. In Slack, all messages that start with the"
            ' "/" character are interpreted as commands.',
            status=200,
        )
    if threaded:
        raise PageError("not_in_threads", f"{name} is not supported in threads. Sorry!", status=200)
    text = escape(typed) if workspace.controls.escape_commands else typed
    if declared.finds_names and workspace.controls.escape_commands:
        text = write_down(typed, MEMBERS, workspace.team.channels.values())
    ticket = workspace.responses.issue(channel.id, person.id)
    payload = interactions.slash_command(
        person, channel, name, text.strip(), _handles(workspace, person, ticket)
    )
    try:
        answer = await workspace.ask("slash_commands", payload)
    except NotAcknowledgedError as error:
        message = f'{name} failed with the error "{error.code}"'
        raise PageError(error.code, message, status=200) from error
    held = workspace.responses.peek(ticket)
    if held is not None and (answer.get("text") or answer.get("blocks")):
        post_response(workspace, held, Response.from_json(answer))


async def click(
    workspace: Workspace,
    person: Person,
    channel: Channel,
    ts: str,
    block_id: str,
    action_id: str,
    given: Given,
) -> None:
    """Use a button or another element of a message.

    Raises:
        PageError: the element is gone or the app did not answer.
    """
    message = message_at(workspace, person, channel.id, ts)
    element = find_element(message.blocks, block_id, action_id)
    if element is None:
        raise PageError("element_not_found", "This button is not there any more.")
    ticket = workspace.responses.issue(
        channel.id, person.id, thread_ts=message.thread_ts, original_ts=message.ts
    )
    shown = message_json(workspace.team, message, workspace.origin)
    action = action_json(element, block_id, given, workspace.team.next_ts())
    payload = interactions.message_click(
        person, channel, message, shown, action, _handles(workspace, person, ticket)
    )
    await ask_app(workspace, payload)


async def shortcut(
    workspace: Workspace, person: Person, callback_id: str, message: Message | None
) -> None:
    """Use a shortcut, on a message or from the shortcut menu.

    Raises:
        PageError: the app has no such shortcut or did not answer.
    """
    declared = next((one for one in SHORTCUTS if one.callback_id == callback_id), None)
    has_shortcuts = SCOPE_OF_COMMANDS in workspace.controls.provided
    if not has_shortcuts or declared is None or declared.on_message != (message is not None):
        raise PageError("shortcut_not_found", f"There is no shortcut {callback_id!r} here.")
    ts = workspace.team.next_ts()
    if message is None:
        payload = interactions.global_shortcut(
            person, callback_id, ts, _handles(workspace, person, None)
        )
    else:
        ticket = workspace.responses.issue(
            message.channel, person.id, thread_ts=message.thread_ts, original_ts=message.ts
        )
        shown = message_json(workspace.team, message, workspace.origin)
        channel = workspace.team.channels[message.channel]
        payload = interactions.message_shortcut(
            person, callback_id, channel, shown, ts, _handles(workspace, person, ticket)
        )
    await ask_app(workspace, payload)


async def ask_app(workspace: Workspace, payload: Json) -> Json:
    """Send an interaction and return the payload of its acknowledgement.

    Raises:
        PageError: the app did not answer in time.
    """
    try:
        return await workspace.ask("interactive", payload)
    except NotAcknowledgedError as error:
        message = "The app did not answer. Is it running and connected?"
        raise PageError(error.code, message, status=200) from error


def _handles(workspace: Workspace, person: Person, ticket: str | None) -> Handles:
    url = f"{workspace.origin}/respond/{ticket}" if ticket else ""
    return Handles(workspace.triggers.issue(person.id), url)
