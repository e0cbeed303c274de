"""Which hosts are Slack's own. Pure."""

_API = ("slack.com", "slack-gov.com")
"""Slack, and GovSlack, which has addresses of its own for everything."""
_FILES = (*_API, "slack-files.com")


def is_slacks_api(host: str) -> bool:
    """Tell whether a host answers Slack's Web API."""
    return _is_of(host, _API)


def holds_slacks_files(host: str) -> bool:
    """Tell whether a host may be shown the bot's token to fetch a file from it."""
    return _is_of(host, _FILES)


def _is_of(host: str, domains: tuple[str, ...]) -> bool:
    lower = host.lower()
    return any(lower == domain or lower.endswith(f".{domain}") for domain in domains)
