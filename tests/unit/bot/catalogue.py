"""The sentences and the code that says them, as trees, for tests that compare the two."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "bot" / "sentences"
WORDS_METHODS = ("text", "mrkdwn")


@dataclass(frozen=True)
class Sentence:
    """What stands open in a sentence, and which others it takes up."""

    places: frozenset[str]
    others: frozenset[str]


class _Places(Visitor):
    def __init__(self) -> None:
        self.places: set[str] = set()
        self.others: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802
        self.places.add(node.id.name)

    def visit_MessageReference(self, node: ftl.MessageReference) -> None:  # noqa: N802
        attribute = f".{node.attribute.name}" if node.attribute else ""
        self.others.add(f"{node.id.name}{attribute}")


@cache
def entries(language: str) -> Mapping[str, ftl.Message]:
    """Every message of a language; nothing that the parser could not read, and no id twice."""
    found: dict[str, ftl.Message] = {}
    for path in sorted((FOLDER / language).glob("*.ftl")):
        for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body:
            assert not isinstance(entry, ftl.Junk), (path.name, entry.content)
            if isinstance(entry, ftl.Message):
                assert entry.id.name not in found, entry.id.name
                found[entry.id.name] = entry
    return found


@cache
def sentences(language: str) -> Mapping[str, Sentence]:
    """Every sentence of a language, hints by `name.hint`, with the places of those in it."""
    own: dict[str, Sentence] = {}
    for name, entry in entries(language).items():
        patterns = {name: entry.value} | {f"{name}.{a.id.name}": a.value for a in entry.attributes}
        for key, pattern in patterns.items():
            seen = _Places()
            seen.visit(pattern)
            own[key] = Sentence(frozenset(seen.places), frozenset(seen.others))

    def places(name: str) -> frozenset[str]:
        return own[name].places.union(*(places(other) for other in own[name].others))

    return {name: Sentence(places(name), one.others) for name, one in own.items()}


@dataclass(frozen=True)
class Call:
    """Somewhere a sentence is said: its name (`*` for what is only known later), its places."""

    where: str
    name: str
    given: frozenset[str]
    is_open: bool
    """Whether more may be given than can be seen."""


def trees(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every module of these folders of the repository, but for the command line."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "cli" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def _names(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(value=str() as name):
            return [name]
        case ast.JoinedStr(values=values):
            parts = (one.value if isinstance(one, ast.Constant) else "*" for one in values)
            return ["".join(map(str, parts))]
        case ast.IfExp(body=body, orelse=orelse):
            return _names(body) + _names(orelse)
    return ["*"]


def calls() -> Iterator[Call]:
    """Every place where the bot says a sentence by name."""
    for path, tree in trees("bot"):
        # A name that is chosen first: `name = "a" if it else "b"`.
        chosen = {
            (node.targets[0].id, name)
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            for name in _names(node.value)
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr not in WORDS_METHODS or not node.args:
                continue
            given = {one.arg for one in node.keywords if one.arg}
            is_open = any(one.arg is None for one in node.keywords)
            if len(node.args) > 1:
                if isinstance(node.args[1], ast.Dict):
                    given |= {str(ast.literal_eval(key)) for key in node.args[1].keys if key}
                else:
                    is_open = True
            first = node.args[0]
            names = _names(first)
            if isinstance(first, ast.Name):
                names = [name for variable, name in chosen if variable == first.id] or names
            for name in names:
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield Call(where, name, frozenset(given), is_open)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Wrong":
                (name,) = _names(node.args[0])
                yield Call(str(path), name, frozenset(), True)


@dataclass(frozen=True)
class Raised:
    """An error where it is made: its code, case, facts, and the English of its own."""

    where: str
    code: str
    case: str | None
    """None where it is only known later."""
    facts: frozenset[str] | None
    message: str | None
    hint: str | None


_MAKERS = ("BackendError", "BotError", "Told", "PictureError", "PlaceholderError")


def raised() -> Iterator[Raised]:
    """Every error of backend and bot, and what cluster tells of pictures and names."""
    for path, tree in trees("backend", "bot", "cluster"):
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            if node.func.id in _MAKERS and node.args:
                yield from _raised(where, node)
            elif node.func.id in _HELPERS:
                yield from _by_helper(where, node)


_HELPERS = {
    "not_understood": "not_understood",
    "_refuse": "not_understood",
    "refusal": "bad_embedding",
}
"""Functions that make one kind of error."""


def _by_helper(where: str, node: ast.Call) -> Iterator[Raised]:
    code = _HELPERS[getattr(node.func, "id", "")]
    case = next((one.value for one in node.keywords if one.arg == "case"), None)
    if code == "not_understood":
        case = node.args[2]
    for one in [""] if case is None else _cases(case):
        yield Raised(where, code, one, None, None, None)


def _cases(node: ast.expr) -> list[str | None]:
    return [None if "*" in name else name for name in _names(node)]


def _raised(where: str, node: ast.Call) -> Iterator[Raised]:
    keywords = {one.arg: one.value for one in node.keywords}
    case, facts = keywords.get("case"), keywords.get("facts")
    if getattr(node.func, "id", "") == "Told":
        case, facts = node.args[1], node.args[2]
        yield Raised(where, _code(node.args[0]), _constant(case), _keys(facts), None, None)
        return
    hint = node.args[2] if len(node.args) > 2 else None
    for one in [""] if case is None else _cases(case):
        yield Raised(
            where,
            _code(node.args[0]),
            one,
            frozenset() if facts is None else _keys(facts),
            _said(node.args[1], facts) if len(node.args) > 1 else None,
            None if hint is None else _said(hint, facts),
        )


def _code(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return node.attr.lower() if isinstance(node, ast.Attribute) else "*"


def _constant(node: ast.expr) -> str | None:
    return str(node.value) if isinstance(node, ast.Constant) else None


def _keys(node: ast.expr) -> frozenset[str] | None:
    if not isinstance(node, ast.Dict) or None in node.keys:
        return None
    return frozenset(str(ast.literal_eval(key)) for key in node.keys if key)


def _said(node: ast.expr, facts: ast.expr | None) -> str | None:
    """An English text as the catalogue has it: what is filled in by the name of its fact."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if not isinstance(node, ast.JoinedStr) or not isinstance(facts, ast.Dict):
        return None
    pairs = zip(facts.keys, facts.values, strict=True)
    names = {_bare(value): ast.literal_eval(key) for key, value in pairs if key}
    parts = []
    for one in node.values:
        if isinstance(one, ast.Constant):
            parts.append(str(one.value))
            continue
        name = names.get(_bare(ast.JoinedStr([one])))
        if name is None:
            return None
        parts.append(f"{{ ${name} }}")
    return "".join(parts)


def _bare(node: ast.expr) -> str:
    """Tell what a fact or a place holds, whether it is formatted or not."""
    if isinstance(node, ast.JoinedStr) and len(node.values) == 1:
        (one,) = node.values
        if isinstance(one, ast.FormattedValue):
            spec = ast.unparse(one.format_spec) if one.format_spec else ""
            return f"{ast.unparse(one.value)}|{spec}"
    return f"{ast.unparse(node)}|"
