"""The page itself: who one acts as, and what is whose."""

import pytest
from playwright.async_api import expect

from demo.at_page import AtPage

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_another_person_has_another_direct_channel(at: AtPage) -> None:
    await at.act_as("Lin")
    await at.go_to("figment")
    await at.write("help")
    answer = at.message("Teach me a word")
    await expect(answer).to_have_count(1)
    await expect(answer).to_have_attribute("data-author", "U0FIGMENT")
    await at.act_as("Max")
    await expect(at.message("Teach me a word")).to_have_count(0)
