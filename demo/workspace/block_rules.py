"""What Slack allows in blocks, elements and views, as tables. Pure."""

from collections.abc import Mapping

from demo.workspace.block_checks import (
    Check,
    Field,
    Findings,
    anything,
    between,
    boolean,
    by_type,
    either,
    every,
    fields_of,
    first_number_fits,
    first_text_fits,
    listing,
    number,
    numeral,
    one_of,
    string,
    unique,
)

_ACTION_ID = Field(string(255))
_BLOCK_ID = Field(string(255))
_FOCUS = Field(boolean)


def _plain(most: int) -> Check:
    """Check for a plain_text object."""
    fields = {"text": Field(string(most), required=True), "emoji": Field(boolean)}
    return by_type({"plain_text": fields_of(fields)})


def _words(most: int) -> Check:
    """Check for a plain_text or mrkdwn object."""
    text = Field(string(most), required=True)
    return by_type(
        {
            "plain_text": fields_of({"text": text, "emoji": Field(boolean)}),
            "mrkdwn": fields_of({"text": text, "verbatim": Field(boolean)}),
        }
    )


_CONFIRM = Field(
    fields_of(
        {
            "title": Field(_plain(100), required=True),
            "text": Field(_words(300), required=True),
            "confirm": Field(_plain(30), required=True),
            "deny": Field(_plain(30), required=True),
            "style": Field(one_of("primary", "danger")),
        }
    )
)
_OPTION = fields_of(
    {
        "text": Field(_words(75), required=True),
        "value": Field(string(150), required=True),
        "description": Field(_words(75)),
        "url": Field(string(3000)),
    }
)
_OPTION_GROUP = fields_of(
    {
        "label": Field(_plain(75), required=True),
        "options": Field(listing(_OPTION, 100), required=True),
    }
)
_SLACK_FILE = every(
    fields_of({"id": Field(string(255)), "url": Field(string(3000))}), either("id", "url")
)
_PICTURE = {
    "image_url": Field(string(3000)),
    "slack_file": Field(_SLACK_FILE),
    "alt_text": Field(string(2000), required=True),
}
_PICTURE_SOURCE = either("image_url", "slack_file")
_DISPATCH = Field(
    fields_of(
        {
            "trigger_actions_on": Field(
                listing(one_of("on_enter_pressed", "on_character_entered"), 2)
            )
        }
    )
)


def _element(*, required: tuple[str, ...] = (), **fields: Check) -> Check:
    """Check for an interactive element with these fields beside the common ones."""
    return _interactive(fields, required)


def _select(**fields: Check) -> Check:
    """Check for an element that opens a list or a calendar."""
    return _interactive({"placeholder": _plain(150), "confirm": _CONFIRM.check, **fields})


def _typed(**fields: Check) -> Check:
    """Check for an element that one types into."""
    common = {"placeholder": _plain(150), "dispatch_action_config": _DISPATCH.check}
    return _interactive({**common, **fields})


def _interactive(fields: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    own = {name: Field(check, required=name in required) for name, check in fields.items()}
    return fields_of({"action_id": _ACTION_ID, "focus_on_load": _FOCUS, **own})


_CHOICES = every(
    _select(
        options=listing(_OPTION, 100),
        option_groups=listing(_OPTION_GROUP, 100),
        initial_option=_OPTION,
    ),
    either("options", "option_groups"),
)
_SEVERAL_CHOICES = every(
    _select(
        options=listing(_OPTION, 100),
        option_groups=listing(_OPTION_GROUP, 100),
        initial_options=listing(_OPTION, 100),
        max_selected_items=number,
    ),
    either("options", "option_groups"),
)
_TEXT_INPUT = every(
    _typed(
        initial_value=string(3000, least=0),
        multiline=boolean,
        min_length=between(0, 3000),
        max_length=between(1, 3000),
    ),
    first_text_fits,
)
_ELEMENTS: dict[str, Check] = {
    "button": _element(
        required=("text",),
        text=_plain(75),
        value=string(2000),
        url=string(3000),
        style=one_of("primary", "danger"),
        confirm=_CONFIRM.check,
        accessibility_label=string(75),
    ),
    "static_select": _CHOICES,
    "multi_static_select": _SEVERAL_CHOICES,
    "external_select": _select(initial_option=_OPTION, min_query_length=number),
    "users_select": _select(initial_user=string(255)),
    "channels_select": _select(initial_channel=string(255), response_url_enabled=boolean),
    "conversations_select": _select(
        initial_conversation=string(255),
        default_to_current_conversation=boolean,
        response_url_enabled=boolean,
        filter=anything,
    ),
    "multi_users_select": _select(
        initial_users=listing(string(255), 100), max_selected_items=number
    ),
    "multi_conversations_select": _select(
        initial_conversations=listing(string(255), 100),
        default_to_current_conversation=boolean,
        max_selected_items=number,
        filter=anything,
    ),
    "overflow": _element(
        required=("options",), options=listing(_OPTION, 5), confirm=_CONFIRM.check
    ),
    "checkboxes": _element(
        required=("options",),
        options=listing(_OPTION, 10),
        initial_options=listing(_OPTION, 10),
        confirm=_CONFIRM.check,
    ),
    "radio_buttons": _element(
        required=("options",),
        options=listing(_OPTION, 10),
        initial_option=_OPTION,
        confirm=_CONFIRM.check,
    ),
    "datepicker": _select(initial_date=string(10)),
    "timepicker": _select(initial_time=string(5), timezone=string(255)),
}
_INPUT_ONLY: dict[str, Check] = {
    "plain_text_input": _TEXT_INPUT,
    "email_text_input": _typed(initial_value=string(3000, least=0)),
    "url_text_input": _typed(initial_value=string(3000, least=0)),
    "number_input": every(
        _element(
            required=("is_decimal_allowed",),
            is_decimal_allowed=boolean,
            initial_value=numeral,
            min_value=numeral,
            max_value=numeral,
            placeholder=_plain(150),
            dispatch_action_config=_DISPATCH.check,
        ),
        first_number_fits,
    ),
    "file_input": _element(filetypes=listing(string(255), 100), max_files=between(1, 10)),
}
_IMAGE_ELEMENT: dict[str, Check] = {"image": every(fields_of(_PICTURE), _PICTURE_SOURCE)}
_CONTEXT_ITEM = by_type(
    {
        **_IMAGE_ELEMENT,
        "plain_text": _words(2000),
        "mrkdwn": _words(2000),
    }
)


def _block(**fields: Field) -> Check:
    return fields_of({"block_id": _BLOCK_ID, **fields})


_EVERYWHERE: dict[str, Check] = {
    "actions": _block(elements=Field(listing(by_type(_ELEMENTS), 25), required=True)),
    "context": _block(elements=Field(listing(_CONTEXT_ITEM, 10), required=True)),
    "divider": _block(),
    "header": _block(text=Field(_plain(150), required=True)),
    "image": every(
        _block(**_PICTURE, title=Field(_plain(2000))),
        _PICTURE_SOURCE,
    ),
    "input": _block(
        label=Field(_plain(2000), required=True),
        element=Field(by_type({**_ELEMENTS, **_INPUT_ONLY}), required=True),
        hint=Field(_plain(2000)),
        optional=Field(boolean),
        dispatch_action=Field(boolean),
    ),
    "rich_text": _block(elements=Field(anything, required=True)),
    "section": every(
        _block(
            text=Field(_words(3000)),
            fields=Field(listing(_words(2000), 10)),
            accessory=Field(by_type({**_ELEMENTS, **_IMAGE_ELEMENT})),
            expand=Field(boolean),
        ),
        either("text", "fields"),
    ),
}
_IN_MESSAGES: dict[str, Check] = {
    **_EVERYWHERE,
    "markdown": _block(text=Field(string(12_000), required=True)),
}
_MESSAGE_BLOCKS = listing(by_type(_IN_MESSAGES), 50, least=0)
_VIEW = {
    "blocks": Field(listing(by_type(_EVERYWHERE), 100, least=0), required=True),
    "private_metadata": Field(string(3000, least=0)),
    "callback_id": Field(string(255, least=0)),
    "external_id": Field(string(255, least=0)),
}
_VIEWS = by_type(
    {
        "home": fields_of(_VIEW),
        "modal": fields_of(
            {
                **_VIEW,
                "title": Field(_plain(24), required=True),
                "submit": Field(_plain(24)),
                "close": Field(_plain(24)),
                "clear_on_close": Field(boolean),
                "notify_on_close": Field(boolean),
                "submit_disabled": Field(boolean),
            }
        ),
    }
)


def check_message_blocks(blocks: object) -> Findings:
    """Return what is wrong with a message's blocks."""
    findings: Findings = []
    _MESSAGE_BLOCKS(blocks, "/blocks", findings)
    _check_unique(blocks, "/blocks", findings)
    return findings


def check_view(view: object) -> Findings:
    """Return what is wrong with a modal or a Home tab."""
    findings: Findings = []
    _VIEWS(view, "/view", findings)
    if isinstance(view, dict):
        blocks = view.get("blocks")
        _check_unique(blocks, "/view/blocks", findings)
        kinds = [one.get("type") for one in blocks or () if isinstance(one, dict)]
        if view.get("type") == "modal" and "input" in kinds and not view.get("submit"):
            findings.append("missing required field: submit [json-pointer:/view]")
    return findings


def _check_unique(blocks: object, pointer: str, findings: Findings) -> None:
    """Block ids are unique in a message; action ids within their block."""
    if not isinstance(blocks, list):
        return
    ids: list[tuple[str, str, str]] = []
    for index, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        at = f"{pointer}/{index}"
        if block.get("block_id"):
            ids.append(("block_id", str(block["block_id"]), f"{at}/block_id"))
        elements = block.get("elements")
        held = elements if isinstance(elements, list) else []
        unique(
            [
                ("action_id", str(one["action_id"]), f"{at}/elements/{place}/action_id")
                for place, one in enumerate(held)
                if isinstance(one, dict) and one.get("action_id")
            ],
            findings,
        )
    unique(ids, findings)
