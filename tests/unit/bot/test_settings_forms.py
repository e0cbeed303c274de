"""What is read of the submitted form of limits."""

from typing import Any

import pytest

from backend.roles import Rules
from bot.action_ids import Setting
from bot.blocks.limits_form import DRAINING, PAUSED, limits_modal
from bot.settings_forms import read_rules
from tests.unit.bot.made import EN


def submitted(opened: Rules, *ticked: str) -> dict[str, Any]:
    view = limits_modal(EN, opened).to_dict()
    options = [{"value": one} for one in ticked]
    values = {Setting.STATE.value: {Setting.STATE.value: {"selected_options": options}}}
    return view | {"state": {"values": values}}


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("ticked", [False, True])
@pytest.mark.parametrize("present", [False, True])
def test_only_what_was_changed_in_the_form_is_changed(
    opened: bool, ticked: bool, present: bool
) -> None:
    kept = ticked if ticked != opened else present
    view = submitted(Rules(paused=opened), *[PAUSED] * ticked)
    assert read_rules(view, Rules(paused=present)).paused is kept
    view = submitted(Rules(draining=opened), *[DRAINING] * ticked)
    rules = read_rules(view, Rules(draining=present))
    assert (rules.draining, rules.paused) == (kept, False)
