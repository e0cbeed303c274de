"""The pages that people see who install Figment in their workspace. Pure; everything is escaped."""

from html import escape

from bot import texts_installing as texts

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FAILURES = {
    "access_denied": texts.CANCELLED,
    "invalid_browser": texts.STALE,
    "invalid_state": texts.STALE,
    "missing_code": texts.REFUSED,
    "invalid_code": texts.REFUSED,
    "storage_error": texts.NOT_SAVED,
    "not_invited": texts.NOT_INVITED,
    "whole_organisation": texts.WHOLE_ORGANISATION,
}
"""By the reasons that Bolt names, those of Slack among them, and our own."""
_PAGE = """<!DOCTYPE html>
<html lang="en">
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


def install_page(authorize_url: str) -> str:
    """Return the page that leads to Slack's own page of consent."""
    return _page(
        texts.INSTALL_TITLE,
        texts.INSTALL_TEXT,
        authorize_url,
        texts.INSTALL_BUTTON,
        texts.INSTALL_HINT,
    )


def success_page(link: str, name: str) -> str:
    """Return the page after an installation; `link` opens the app, `name` is the workspace's."""
    title = texts.SUCCESS_TITLE.format(workspace=name or texts.A_WORKSPACE)
    return _page(title, texts.SUCCESS_TEXT, link, texts.SUCCESS_BUTTON)


def failure_page(reason: str, install_path: str) -> str:
    """Return the page after an installation that came to nothing.

    `reason` comes from the address that was opened: one that is not known is not shown.
    """
    text = _FAILURES.get(reason, texts.REFUSED)
    return _page(texts.FAILURE_TITLE, text, install_path, texts.FAILURE_BUTTON)


def _page(title: str, text: str, link: str, button: str, hint: str = "") -> str:
    return _PAGE.format(
        title=escape(title),
        text=escape(text),
        link=escape(link),
        button=escape(button),
        hint=f"<small>{escape(hint)}</small>\n" if hint else "",
    )
