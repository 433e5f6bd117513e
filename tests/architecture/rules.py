"""The shape of the code as rules: each takes one file's text and yields its breaches as ``line: finding``."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

MAX_LINES = 400
APPS = ("core", "departments", "customers", "kpi", "campaigns", "finance", "incentives", "opscenter")
# What a calculation may import besides the standard library and other calculations (whose order the import
# contract in pyproject.toml keeps).
PURE = re.compile(rf"core\.(money|months|workdays)|({'|'.join(APPS)})\.calculations(\..+)?")
BINS = re.compile(r"(^|_)(utils?|helpers?|misc)$")
# Preset slugs and organisation names are data: code that knows one has a special case.
ORGANISATIONS = re.compile(
    r"缘嘉|海棠|(?<![a-z])(?:yuanjia|haitang|dental|workplans)(?![a-z])", re.IGNORECASE
)
UNSAFE_TEMPLATE = re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off|\|\s*safeseq\b")


@dataclass(frozen=True)
class Rule:
    """A rule, the files it looks at (by path from the root) and its check."""

    name: str
    concerns: Callable[[PurePosixPath], bool]
    check: Callable[[PurePosixPath, str], Iterator[str]]


def in_app(path: PurePosixPath) -> bool:
    return path.parts[0] in APPS


def is_code(path: PurePosixPath) -> bool:
    return path.suffix == ".py" and "migrations" not in path.parts


def is_app_code(path: PurePosixPath) -> bool:
    return is_code(path) and in_app(path)


def is_calculation(path: PurePosixPath) -> bool:
    return is_app_code(path) and ("calculations" in path.parts or path.stem == "calculations")


def handles_money(path: PurePosixPath) -> bool:
    return is_calculation(path) or path.as_posix() in {"core/money.py", "core/fields.py"}


def is_thin(path: PurePosixPath) -> bool:
    """Rooms that parse and hand on: they neither write rows nor ask the database by themselves."""
    rooms = {"views", "api", "tasks", "templatetags"}
    # A module of a room that reads or writes may be named after its subject: a campaign's tasks.
    name = set() if {"models", "selectors", "services"} & {*path.parts[1:-1]} else {path.stem}
    return is_app_code(path) and bool(rooms & {*path.parts[1:-1], *name})


def _nodes(text: str) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(text))


def _name(node: ast.expr) -> str:
    """``a.b.c`` as text; an unnamed part is empty."""
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def long_file(_path: PurePosixPath, text: str) -> Iterator[str]:
    lines = text.count("\n")
    if lines > MAX_LINES:
        yield f"{lines}: lines, {MAX_LINES} are allowed"


def bin_name(path: PurePosixPath, _text: str) -> Iterator[str]:
    yield from (f"1: {part} says nothing" for part in (*path.parts[:-1], path.stem) if BINS.search(part))


def impure_import(_path: PurePosixPath, text: str) -> Iterator[str]:
    for node in _nodes(text):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            modules = [node.module or ""]
            if node.module in APPS:
                modules = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        else:
            continue
        for module in modules:
            if not PURE.fullmatch(module) and module.partition(".")[0] not in sys.stdlib_module_names:
                yield f"{node.lineno}: imports {module}"


def clock(_path: PurePosixPath, text: str) -> Iterator[str]:
    for node in _nodes(text):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = _name(node.func)
            if called.endswith((".today", ".now", ".utcnow", "time.time")):
                yield f"{node.lineno}: {called}() reads a clock"


def binary_fraction(_path: PurePosixPath, text: str) -> Iterator[str]:
    for node in _nodes(text):
        if isinstance(node, ast.Call) and _name(node.func) in {"float", "round"}:
            yield f"{node.lineno}: {_name(node.func)}()"
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{node.lineno}: the float {node.value}"


def float_column(_path: PurePosixPath, text: str) -> Iterator[str]:
    for node in _nodes(text):
        if isinstance(node, ast.Attribute) and node.attr == "FloatField":
            yield f"{node.lineno}: FloatField"


def bare_publish(_path: PurePosixPath, text: str) -> Iterator[str]:
    publishing = {"delay", "apply_async", "send_task"}
    for node in _nodes(text):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in publishing
        ):
            yield f"{node.lineno}: .{node.func.attr}( outside core.jobs"


def organisation(_path: PurePosixPath, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if found := ORGANISATIONS.search(line):
            yield f"{number}: {found.group()}"


def all_fields(_path: PurePosixPath, text: str) -> Iterator[str]:
    for node in _nodes(text):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and node.value.value == "__all__"
        ):
            yield f'{node.lineno}: fields = "__all__"'


def unsafe_markup(_path: PurePosixPath, text: str) -> Iterator[str]:
    for node in _nodes(text):
        if isinstance(node, ast.Name | ast.Attribute) and _name(node).endswith("mark_safe"):
            yield f"{node.lineno}: mark_safe"
        elif isinstance(node, ast.Call) and _name(node.func).endswith(("SafeString", "SafeText")):
            yield f"{node.lineno}: SafeString("


def unsafe_template(_path: PurePosixPath, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if UNSAFE_TEMPLATE.search(line):
            yield f"{number}: unescaped"


def row_access(_path: PurePosixPath, text: str) -> Iterator[str]:
    for node in _nodes(text):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}:
            yield f"{node.lineno}: .{node.attr}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save":
            yield f"{node.lineno}: .save("


RULES = [
    Rule("a file has one short purpose", is_code, long_file),
    Rule("a module is named after its content", is_code, bin_name),
    Rule("a calculation imports only what is pure", is_calculation, impure_import),
    Rule("a calculation reads no clock", is_calculation, clock),
    Rule("money is never a binary fraction", handles_money, binary_fraction),
    Rule(
        "no column holds a binary fraction", lambda path: path.suffix == ".py" and in_app(path), float_column
    ),
    Rule(
        "a job is published after commit, by core.jobs",
        lambda path: is_app_code(path) and path.parts[:2] not in {("core", "jobs"), ("core", "jobs.py")},
        bare_publish,
    ),
    Rule(
        "code knows no organisation",
        lambda path: (
            path.suffix in {".py", ".html", ".js", ".css", ".po"}
            and path.parts[0] in {*APPS, "templates", "static", "locale"}
        ),
        organisation,
    ),
    Rule("a form or serializer names its fields", is_app_code, all_fields),
    Rule("code never declares text safe", is_app_code, unsafe_markup),
    Rule("a template escapes everything", lambda path: path.suffix == ".html", unsafe_template),
    Rule("views, API and tasks hand on to selectors and services", is_thin, row_access),
]
