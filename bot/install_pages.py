"""The pages that people see who install Figment in their workspace. Pure; everything is escaped."""

from html import escape

from bot.words import Words

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FAILURES = {
    "access_denied": "access-denied",
    "invalid_browser": "stale",
    "invalid_state": "stale",
    "missing_code": "refused",
    "invalid_code": "refused",
    "storage_error": "not-saved",
    "not_invited": "not-invited",
    "whole_organisation": "whole-organisation",
}
"""Which sentence says it, by the reasons that Bolt names, those of Slack among them, and ours."""
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark; --back: #f4f5f9; --card: #fff; --text: #1f2a44; --soft: #5b6478;
  --button: #1f2a44; --on-button: #fff; }}
@media (prefers-color-scheme: dark) {{ :root {{ --back: #12172a; --card: #1c2440; --text: #eef0f7;
  --soft: #a9b1c7; --button: #dfe4f5; --on-button: #1f2a44; }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
  background: var(--back); color: var(--text); line-height: 1.5;
  font: 1.05rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }}
main {{ width: 100%; max-width: 34rem; padding: 2.5rem; border-radius: 1rem;
  background: var(--card); box-shadow: 0 1rem 3rem rgb(31 42 68 / .14); }}
.mark {{ display: flex; gap: .4rem; margin: 0 0 1.5rem; }}
.mark i {{ width: .9rem; height: .9rem; border-radius: 50%; background: #5b3cc4; }}
.mark i + i {{ background: #c4473c; }}
.mark i + i + i {{ background: #2f7d4f; }}
h1 {{ margin: 0 0 .75rem; font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }}
p {{ margin: 0 0 1.5rem; overflow-wrap: anywhere; }}
a {{ display: inline-block; padding: .75rem 1.5rem; border-radius: .6rem; font-weight: 600;
  background: var(--button); color: var(--on-button); text-decoration: none; }}
a:focus-visible {{ outline: 3px solid #5b3cc4; outline-offset: 3px; }}
small {{ display: block; margin-top: 1.25rem; color: var(--soft); }}
</style>
</head>
<body>
<main>
<div class="mark" aria-hidden="true"><i></i><i></i><i></i></div>
<h1>{title}</h1>
<p>{text}</p>
<a href="{link}">{button}</a>
{hint}</main>
</body>
</html>
"""


def install_page(words: Words, authorize_url: str) -> str:
    """Return the page that leads to Slack's own page of consent."""
    button, hint = words.text("install-button"), words.text("install-hint")
    title, text = words.text("install-title"), words.text("install-text")
    return _page(words, title, text, authorize_url, button, hint)


def success_page(words: Words, link: str, name: str) -> str:
    """Return the page after an installation; `link` opens the app, `name` is the workspace's."""
    unnamed = words.text("installed-title-unnamed")
    title = words.text("installed-title", workspace=name) if name else unnamed
    return _page(words, title, words.text("installed-text"), link, words.text("installed-button"))


def failure_page(words: Words, reason: str, install_path: str) -> str:
    """Return the page after an installation that came to nothing.

    `reason` comes from the address that was opened: one that is not known is not shown.
    """
    title, button = words.text("not-installed-title"), words.text("not-installed-button")
    text = words.text(f"not-installed-{_FAILURES.get(reason, 'refused')}")
    return _page(words, title, text, install_path, button)


def _page(words: Words, title: str, text: str, link: str, button: str, hint: str = "") -> str:
    return _PAGE.format(
        language=words.language.value,
        title=escape(title),
        text=escape(text),
        link=escape(link),
        button=escape(button),
        hint=f"<small>{escape(hint)}</small>\n" if hint else "",
    )
