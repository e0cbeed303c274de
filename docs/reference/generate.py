"""Writes what the code says into reference pages: `python docs/reference/generate.py`.

A test compares what it would write with what is there.
"""

import ast
import inspect
import json
from enum import Enum, StrEnum
from pathlib import Path, PosixPath

from fluent.syntax import FluentParser
from fluent.syntax.ast import Message
from pydantic import SecretStr
from pydantic_settings import BaseSettings
from typer import Context
from typer.cli import get_docs_for_click
from typer.main import get_command

from backend.errors import ErrorCode
from backend.settings import BackendSettings
from bot.cli.main import app
from bot.errors import BotErrorCode
from bot.manifest import manifest_json
from bot.settings import BotSettings, SlackSettings
from bot.words import Language, read_sentences
from cluster.settings import ClusterSettings

_GROUPS: tuple[tuple[str, type[BaseSettings]], ...] = (
    ("Slack", SlackSettings),
    ("The bot", BotSettings),
    ("Queue and rendering", BackendSettings),
    ("Training", ClusterSettings),
)
_ROOT = Path(__file__).parents[2]
_SETTINGS_ARE = """\
Read once, when a program starts: from the environment, and from the file `.env` of the folder that
it is started in. The environment wins. Relative paths, such as `FIGMENT_DATA=data`, begin at that
folder too. A name without a value is as if it were not there. A name that Figment does not know
changes nothing; `figment serve` and `figment worker` warn of it (`unknown_setting`).""".replace(
    "\n", " "
)


def _shown(value: object) -> str:
    """A default as one would write it in `.env`."""
    if value is None or isinstance(value, SecretStr):
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple | dict):
        return json.dumps(value)
    return str(value) if not isinstance(value, PosixPath) else value.as_posix()


def _choices(annotation: object) -> str:
    if inspect.isclass(annotation) and issubclass(annotation, Enum):
        return f" One of: {', '.join(str(member.value) for member in annotation)}."
    return ""


def _settings(model: type[BaseSettings]) -> list[tuple[str, str, str]]:
    """Name, default and meaning of each setting."""
    prefix = str(model.model_config.get("env_prefix") or "")
    return [
        (
            (prefix + name).upper(),
            _shown(field.get_default(call_default_factory=True)),
            " ".join((field.description or "").split()) + _choices(field.annotation),
        )
        for name, field in model.model_fields.items()
    ]


def settings_page() -> str:
    """docs/reference/settings.md."""
    lines = ["# Settings", "", _SETTINGS_ARE, ""]
    for title, model in _GROUPS:
        lines += [f"## {title}", "", "| Name | Default | Meaning |", "|---|---|---|"]
        lines += [
            f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} |"
            for name, default, meaning in _settings(model)
        ]
        lines.append("")
    return "\n".join(lines)


def env_example() -> str:
    """.env.example."""
    lines = ["# Copy to .env. What is left out keeps the default shown here.", ""]
    for title, model in _GROUPS:
        lines += [f"# --- {title} ---", ""]
        for name, default, meaning in _settings(model):
            lines += [f"# {meaning}", f"# {name}={default}", ""]
    return "\n".join(lines)


def _members(enum: type[StrEnum]) -> list[tuple[str, str]]:
    """Value and docstring of each member, from the source: Python keeps no member's docstring."""
    [tree] = ast.parse(inspect.getsource(enum)).body
    assert isinstance(tree, ast.ClassDef)  # noqa: S101 - of a class, by what getsource returns
    found = []
    for statement, following in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(statement, ast.Assign) and isinstance(following, ast.Expr):
            text = ast.literal_eval(following.value)
            found.append((ast.literal_eval(statement.value), " ".join(text.split())))
    return found


def _failures() -> list[tuple[str, str, str]]:
    """Reason, sentence and hint of whatever a job or picture can fail with."""
    english = read_sentences().of(Language.EN)
    file = _ROOT / "bot" / "sentences" / "en" / "failures.ftl"
    entries = FluentParser().parse(file.read_text("utf-8")).body
    names = [entry.id.name for entry in entries if isinstance(entry, Message)]
    return [
        (
            name.removeprefix("failure-").replace("-", "_"),
            english.text(name),
            english.text(f"{name}.hint"),
        )
        for name in names
    ]


def errors_page() -> str:
    """docs/reference/errors.md."""
    lines = ["# Errors", "", "Codes are stable; the log has them beside the traceback.", ""]
    for title, enum in (
        ("A request that is refused", ErrorCode),
        ("Between Slack and Figment", BotErrorCode),
    ):
        lines += [f"## {title}", "", "| Code | Meaning |", "|---|---|"]
        lines += [f"| `{code}` | {meaning} |" for code, meaning in _members(enum)]
        lines.append("")
    lines += [
        "## A job or picture that fails",
        "",
        "The reason is kept with it, and in `runs/JOB/result.json`. Cards often know more than the "
        "sentence here. A job that cannot be started has as its reason, besides these, a finding "
        "of the doctor ([Train on a cluster](../how-to/cluster.md#when-it-does-not-start)).",
        "",
        "| Reason | Meaning | What to do |",
        "|---|---|---|",
    ]
    lines += [f"| `{reason}` | {said} | {hint} |" for reason, said, hint in _failures()]
    return "\n".join([*lines, ""])


def command_line_page() -> str:
    """docs/reference/command-line.md."""
    command = get_command(app)
    page = get_docs_for_click(
        obj=command, ctx=Context(command), name="figment", title="The command line"
    )
    return page.rstrip() + "\n"


PAGES = {
    "docs/reference/command-line.md": command_line_page,
    "docs/reference/settings.md": settings_page,
    "docs/reference/errors.md": errors_page,
    "docs/reference/slack-manifest.json": manifest_json,
    ".env.example": env_example,
}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (_ROOT / name).write_text(page())
