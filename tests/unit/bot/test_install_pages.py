"""What people see who install Figment: plain, and nothing of it can be put there by others."""

import pytest

from bot.install_pages import failure_page, install_page, success_page
from bot.words import Language, read_sentences

WORDS = read_sentences().of(Language.EN)
BAD = "\"><script>alert('x')</script>"


@pytest.mark.parametrize(
    "page",
    [
        install_page(WORDS, f"https://slack.com/oauth/v2/authorize?state={BAD}"),
        success_page(WORDS, f"https://slack.com/app_redirect?{BAD}", BAD),
        failure_page(WORDS, BAD, "/slack/install"),
    ],
)
def test_nothing_is_taken_for_markup(page: str) -> None:
    assert "<script" not in page
    assert page.count("<h1>") == page.count("<a ") == 1
    assert "{" not in page.partition("</style>")[2]


def test_a_workspace_is_named_as_it_is() -> None:
    assert "Figment is in Ada &amp; Söhne {1}" in success_page(WORDS, "/", "Ada & Söhne {1}")
    assert "Figment is in your workspace" in success_page(WORDS, "/", "")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("access_denied", "You chose not to install it."),
        ("invalid_state", "opened too late"),
        ("storage_error", "could not be saved"),
        ("whole_organisation", "in each workspace by itself"),
        ("something_new", "Slack did not confirm"),
    ],
)
def test_each_failure_says_what_to_do(reason: str, words: str) -> None:
    page = failure_page(WORDS, reason, "/slack/install")
    assert words in page
    assert 'href="/slack/install"' in page
