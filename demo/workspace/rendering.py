"""Slack's JSON for the workspace's records, as the Web API and the events show them. Pure."""

from demo.workspace.json_types import Json
from demo.workspace.manifest import (
    APP_ID,
    BOT,
    BOT_ID,
    BOT_USER_ID,
    TEAM_ID,
    Channel,
    Person,
)
from demo.workspace.messages import Message, StoredFile, View
from demo.workspace.state import Team


def user_json(person: Person) -> Json:
    """Return a user object."""
    return {
        "id": person.id,
        "team_id": TEAM_ID,
        "name": person.name,
        "deleted": False,
        "real_name": person.real_name,
        "tz": "Etc/UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
        "profile": {
            "real_name": person.real_name,
            "display_name": person.name,
            "team": TEAM_ID,
            **({"bot_id": BOT_ID, "api_app_id": APP_ID} if person.is_bot else {}),
        },
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }


def channel_json(channel: Channel) -> Json:
    """Return a conversation object."""
    if channel.is_im:
        return {
            "id": channel.id,
            "is_im": True,
            "is_channel": False,
            "user": next(one for one in channel.members if one != BOT_USER_ID),
            "is_user_deleted": False,
            "is_archived": False,
            "created": 0,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": False,
        "is_archived": False,
        "is_general": channel.name == "general",
        "is_member": BOT_USER_ID in channel.members,
        "num_members": len(channel.members),
        "creator": channel.members[0],
        "created": 0,
        "context_team_id": TEAM_ID,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def channel_label(channel: Channel) -> Json:
    """Return the short channel object of interactive payloads."""
    return {"id": channel.id, "name": channel.name}


def file_json(stored: StoredFile, origin: str) -> Json:
    """Return a file object; `origin` is the workspace's address as the app reaches it."""
    url = f"{origin}/files/{stored.id}/{stored.name}"
    shown: Json = {
        "id": stored.id,
        "created": stored.created,
        "timestamp": stored.created,
        "name": stored.name,
        "title": stored.title,
        "mimetype": stored.mimetype if stored.ready else "",
        "filetype": stored.filetype if stored.ready else "",
        "pretty_type": stored.filetype.upper() if stored.ready else "",
        "user": stored.user,
        "user_team": TEAM_ID,
        "editable": False,
        "size": stored.size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": any(share.channel.startswith("C") for share in stored.shares),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": url,
        "url_private_download": url,
        "permalink": url,
        "file_access": "visible",
        "has_rich_preview": False,
    }
    if stored.alt_text:
        shown["alt_txt"] = stored.alt_text
    if stored.width and stored.ready:
        shown |= {"original_w": stored.width, "original_h": stored.height}
    return shown


def file_or_tombstone(team: Team, file_id: str, origin: str) -> Json:
    """Return a file object, or what Slack shows in place of one that was deleted."""
    stored = team.files.get(file_id)
    return file_json(stored, origin) if stored else {"id": file_id, "mode": "tombstone"}


def file_stub(stored: StoredFile) -> Json:
    """Return the stub that stands for a file shared from another team (Slack Connect)."""
    return {
        "id": stored.id,
        "mode": "file_access",
        "file_access": "check_file_info",
        "created": stored.created,
        "timestamp": stored.created,
        "user": stored.user,
    }


def file_info_json(stored: StoredFile, origin: str) -> Json:
    """Return the file object of files.info, which also says where the file was shared."""
    shares: dict[str, dict[str, list[Json]]] = {}
    for share in stored.shares:
        kind = "private" if share.channel.startswith("D") else "public"
        place: Json = {"ts": share.ts}
        if share.thread_ts:
            place["thread_ts"] = share.thread_ts
        shares.setdefault(kind, {}).setdefault(share.channel, []).append(place)
    channels = sorted({share.channel for share in stored.shares})
    return file_json(stored, origin) | {
        "shares": shares,
        "channels": [one for one in channels if one.startswith("C")],
        "ims": [one for one in channels if one.startswith("D")],
        "groups": [],
    }


def message_json(team: Team, message: Message, origin: str) -> Json:
    """Return a message as conversations.history and the events show it."""
    shown: Json = {
        "type": "message",
        "user": message.author,
        "text": message.text,
        "ts": message.ts,
        "team": TEAM_ID,
    }
    if message.author == BOT_USER_ID:
        shown |= {
            "bot_id": BOT_ID,
            "app_id": APP_ID,
            "bot_profile": {
                "id": BOT_ID,
                "app_id": APP_ID,
                "name": BOT.name,
                "team_id": TEAM_ID,
                "deleted": False,
            },
        }
    if message.blocks:
        shown["blocks"] = list(message.blocks)
    if message.attachments:
        shown["attachments"] = list(message.attachments)
    if message.file_ids:
        files = [file_or_tombstone(team, one, origin) for one in message.file_ids]
        shown |= {"files": files, "upload": False}
    if message.metadata is not None:
        shown["metadata"] = message.metadata
    if message.edited_ts:
        shown["edited"] = {"user": message.author, "ts": message.edited_ts}
    if message.reactions:
        shown["reactions"] = [
            {"name": one.name, "users": list(one.users), "count": len(one.users)}
            for one in message.reactions
        ]
    return shown | _thread_fields(team, message)


def _thread_fields(team: Team, message: Message) -> Json:
    if message.thread_ts:
        root = team.message(message.channel, message.thread_ts)
        return {
            "thread_ts": message.thread_ts,
            **({"parent_user_id": root.author} if root else {}),
        }
    replies = team.replies(message.channel, message.ts)
    if not replies:
        return {}
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": sorted({one.author for one in replies}),
        "reply_users_count": len({one.author for one in replies}),
        "latest_reply": replies[-1].ts,
        "subscribed": False,
        "is_locked": False,
    }


def view_json(view: View) -> Json:
    """Return a view object with the state of its inputs."""
    return {
        "id": view.id,
        "team_id": TEAM_ID,
        "type": view.type,
        "blocks": list(view.blocks),
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        "external_id": view.external_id,
        "state": {"values": view.values},
        "hash": view.hash,
        "title": view.title,
        "submit": view.submit,
        "close": view.close,
        "clear_on_close": view.clear_on_close,
        "notify_on_close": view.notify_on_close,
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": APP_ID,
        "app_installed_team_id": TEAM_ID,
        "bot_id": BOT_ID,
    }
