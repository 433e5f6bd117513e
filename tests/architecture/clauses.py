"""Which clauses of the specification the tests name.  The specification may lie beside the repository."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

CLAUSE = re.compile(r"^\| *([A-Z]{2}-\d{2,})\b", re.MULTILINE)


def shared_folder(root: Path) -> Path:
    """The folder with the specification and the real data."""
    return Path(os.environ.get("OPSCENTER_SHARED") or root.parent / "shared")


def specified(root: Path) -> list[str]:
    """All clause ids in their order; empty where the specification is absent."""
    path = shared_folder(root) / "spec" / "clauses.md"
    return CLAUSE.findall(path.read_text(encoding="utf-8")) if path.exists() else []


def named_in(source: str) -> Iterator[str]:
    """Ids given to the marker ``clause`` in one module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "clause":
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def named(root: Path) -> dict[str, set[str]]:
    """Clause id → test modules that name it."""
    found: dict[str, set[str]] = {}
    for path in sorted((root / "tests").rglob("test_*.py")):
        for clause in named_in(path.read_text(encoding="utf-8")):
            found.setdefault(clause, set()).add(str(path.relative_to(root)))
    return found


def coverage(root: Path) -> str:
    """One line for people; empty where the specification is absent."""
    wanted = specified(root)
    if not wanted:
        return ""
    have = named(root)
    without = [clause for clause in wanted if clause not in have]
    return (
        f"{len(wanted) - len(without)} of {len(wanted)} have a test; without: {', '.join(without) or 'none'}"
    )
