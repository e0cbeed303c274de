"""Which hosts are Slack's own."""

import pytest

from bot.slack_hosts import holds_slacks_files, is_slacks_api


@pytest.mark.parametrize("domain", ["slack.com", "slack-gov.com"])
def test_both_slacks_have_an_api_and_files(domain: str) -> None:
    for host in (domain, f"files.{domain}", f"FILES.{domain}"):
        assert is_slacks_api(host)
        assert holds_slacks_files(host)
    for host in (f"evil{domain}", f"{domain}.evil.example", ""):
        assert not is_slacks_api(host)
        assert not holds_slacks_files(host)


def test_one_more_domain_has_files_only() -> None:
    assert holds_slacks_files("eu.slack-files.com")
    assert not is_slacks_api("slack-files.com")
