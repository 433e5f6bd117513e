"""The guards as SQLite triggers.  No locks are needed: every transaction is IMMEDIATE, so writers take turns.

``PRAGMA recursive_triggers=ON`` (settings) is part of it: without it INSERT OR REPLACE deletes unseen.
"""
# ruff: noqa: S608 — every name in these texts comes from a model, none from a reader

from core.guards import APPEND_ONLY, FROZEN_STATES, MONTH_LOCKED, Point, Span

FROZEN = ", ".join(f"'{state}'" for state in FROZEN_STATES)
FAR = "'9999-12-31'"


def _trigger(table: str, name: str, event: str, when: str, message: str = MONTH_LOCKED) -> tuple[str, str]:
    full = f"{name}_{table}"
    return full, (
        f'CREATE TRIGGER "{full}" BEFORE {event} ON "{table}" FOR EACH ROW WHEN {when} '
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _frozen(period: str, root: str, touched: str) -> str:
    """Whether a frozen period ``p`` of the root (NULL: of any root) satisfies ``touched``."""
    return (
        f'EXISTS (SELECT 1 FROM "{period}" p WHERE p.state IN ({FROZEN}) AND {touched}'
        f" AND ({root} IS NULL OR p.root_id = {root}))"
    )


def _changed(columns: list[str]) -> str:
    return "(" + " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns) + ")"


def point_triggers(
    table: str, guard: Point, columns: dict[str, str], every: list[str], period: str
) -> list[tuple[str, str]]:
    root = columns.get(guard.root or "")

    def frozen(row: str) -> str:
        return _frozen(
            period,
            f'{row}."{root}"' if root else "NULL",
            f"p.month = date({row}.\"{columns[guard.month]}\", 'start of month')",
        )

    return [
        _trigger(table, "guard_insert", "INSERT", frozen("NEW")),
        _trigger(
            table, "guard_update", "UPDATE", f"{_changed(every)} AND ({frozen('OLD')} OR {frozen('NEW')})"
        ),
        _trigger(table, "guard_delete", "DELETE", frozen("OLD")),
    ]


def span_triggers(
    table: str, guard: Span, columns: dict[str, str], every: list[str], period: str
) -> list[tuple[str, str]]:
    start, end, root = columns[guard.start], columns[guard.end], columns.get(guard.root or "")
    month_end = "date(p.month, '+1 month', '-1 day')"

    def root_of(row: str) -> str:
        return f'{row}."{root}"' if root else "NULL"

    def first(row: str) -> str:
        """First day of the row's span inside the period's month."""
        return f'max(coalesce({row}."{start}", {FAR}), p.month)'

    def last(row: str) -> str:
        return f'min(coalesce({row}."{end}", {FAR}), {month_end})'

    def frozen(row: str) -> str:
        return _frozen(period, root_of(row), f"{first(row)} <= {last(row)}")

    others = [column for column in every if column not in (start, end)]
    shifted = _frozen(
        period,
        root_of("NEW"),
        f"({first('OLD')} <= {last('OLD')} OR {first('NEW')} <= {last('NEW')})"
        f" AND ({first('OLD')} <> {first('NEW')} OR {last('OLD')} <> {last('NEW')})",
    )
    return [
        _trigger(table, "guard_insert", "INSERT", frozen("NEW")),
        _trigger(
            table, "guard_update", "UPDATE", f"{_changed(others)} AND ({frozen('OLD')} OR {frozen('NEW')})"
        ),
        _trigger(table, "guard_shift", "UPDATE", f"NOT {_changed(others)} AND {shifted}"),
        _trigger(table, "guard_delete", "DELETE", frozen("OLD")),
    ]


def append_only_triggers(table: str, once: tuple[str, ...], every: list[str]) -> list[tuple[str, str]]:
    when = "1"
    if once:
        kept = _changed([column for column in every if column not in once])
        filled = " OR ".join(f'OLD."{column}" IS NOT NULL OR NEW."{column}" IS NULL' for column in once)
        when = f"({kept} OR {filled})"
    return [
        _trigger(table, "guard_append_only_update", "UPDATE", when, APPEND_ONLY),
        _trigger(table, "guard_append_only_delete", "DELETE", "1", APPEND_ONLY),
    ]


def freeze_triggers(table: str) -> list[tuple[str, str]]:
    frozen = f"OLD.state IN ({FROZEN})"
    return [
        _trigger(
            table,
            "guard_freeze_update",
            "UPDATE",
            f"{frozen} AND (NEW.state NOT IN ({FROZEN}) OR {_changed(['root_id', 'month'])})",
        ),
        _trigger(table, "guard_freeze_delete", "DELETE", frozen),
    ]
