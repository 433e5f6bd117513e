"""The guards as PostgreSQL triggers: one look per statement, so that a million rows cost as little as one.

The lock is the row of the root unit.  A writer takes it FOR SHARE before it looks at the period; freezing a
period updates it.  So a freezer waits for writers at work and later writers wait for the freezer, whatever
order a transaction writes its tables in (one lock per root cannot deadlock with itself), and a writer in
REPEATABLE READ with an old snapshot fails instead of slipping through.  Without FOR SHARE rows leak.
"""
# ruff: noqa: S608 — every name in these texts comes from a model, none from a reader

from dataclasses import dataclass
from typing import Any

from core.guards import APPEND_ONLY, FROZEN_STATES, MONTH_LOCKED, Point, Span

FAR = "DATE '9999-12-31'"
FROZEN = ", ".join(f"'{state}'" for state in FROZEN_STATES)
# pg_trigger.tgtype
ROW, BEFORE, INSERT, DELETE, UPDATE, TRUNCATE = 1, 2, 4, 8, 16, 32


@dataclass(frozen=True)
class Trigger:
    """A trigger as it must stand in the catalog, with the statement that makes it."""

    table: str
    name: str
    function: str
    kind: int
    clause: str
    arguments: tuple[str, ...] = ()

    @property
    def sql(self) -> str:
        arguments = ", ".join(f"'{argument}'" for argument in self.arguments)
        each = "ROW" if self.kind & ROW else "STATEMENT"
        return (
            f"CREATE TRIGGER {self.name} {self.clause.format(table=f'{chr(34)}{self.table}{chr(34)}')} "
            f"FOR EACH {each} EXECUTE FUNCTION {self.function}({arguments})"
        )


def check_function(period: str, unit: str, *, share: bool = True) -> str:
    """Body of ``guard_check``: lock the roots, then refuse when one of the touched days is frozen.

    ``share=False`` leaves the lock out and exists to prove that rows leak without it.
    """
    lock = (
        f"""
  PERFORM 1 FROM {unit} u
    WHERE u.id = ANY (roots) OR (array_position(roots, NULL) IS NOT NULL AND u.parent_id IS NULL)
    ORDER BY u.id FOR SHARE;"""
        if share
        else ""
    )
    return f"""
DECLARE hit record;
BEGIN
  IF roots IS NULL THEN RETURN; END IF;{lock}
  SELECT p.root_id, p.month INTO hit
    FROM unnest(roots, firsts, lasts) AS t (root, first, last)
    JOIN {period} p ON (t.root IS NULL OR p.root_id = t.root)
      AND p.month <= t.last AND p.month + interval '1 month' > t.first
    WHERE p.state IN ({FROZEN}) ORDER BY 1, 2 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '{MONTH_LOCKED}' USING ERRCODE = '23514', CONSTRAINT = '{MONTH_LOCKED}',
      DETAIL = format('root %s, month %s', hit.root_id, to_char(hit.month, 'YYYY-MM'));
  END IF;
END """


def freeze_function(unit: str) -> str:
    """Body of ``guard_freeze``: freezing waits for its root's writers; a frozen one stays what it is."""
    return f"""
BEGIN
  IF TG_OP <> 'INSERT' THEN
    IF OLD.state IN ({FROZEN}) AND
       (TG_OP = 'DELETE' OR NEW.state NOT IN ({FROZEN})
        OR (NEW.root_id, NEW.month) IS DISTINCT FROM (OLD.root_id, OLD.month)) THEN
      RAISE EXCEPTION '{MONTH_LOCKED}' USING ERRCODE = '23514', CONSTRAINT = '{MONTH_LOCKED}';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF OLD.state IN ({FROZEN}) THEN RETURN NEW; END IF;
  END IF;
  IF NEW.state IN ({FROZEN}) THEN
    UPDATE {unit} SET id = id WHERE id = NEW.root_id;
  END IF;
  RETURN NEW;
END """


def truncate_function(period: str) -> str:
    return f"""
BEGIN
  IF EXISTS (SELECT 1 FROM {period} WHERE state IN ({FROZEN})) THEN
    RAISE EXCEPTION '{MONTH_LOCKED}' USING ERRCODE = '23514', CONSTRAINT = '{MONTH_LOCKED}';
  END IF;
  RETURN NULL;
END """


APPEND_ONLY_FUNCTION = f"""
BEGIN
  IF TG_OP = 'UPDATE' AND TG_NARGS > 0 AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV AND NOT EXISTS (
    SELECT 1 FROM unnest(TG_ARGV) AS once
    WHERE to_jsonb(OLD) ->> once IS NOT NULL OR to_jsonb(NEW) ->> once IS NULL
  ) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '{APPEND_ONLY}' USING ERRCODE = '23514', CONSTRAINT = '{APPEND_ONLY}';
END """


def point_function(guard: Point, columns: dict[str, str], key: str) -> str:
    """Body of a table's guard: the distinct days (of one month only) that a statement touched."""
    month, root = columns[guard.month], columns.get(guard.root or "", "")

    def day(alias: str) -> str:
        value = f"{alias}.{root}" if root else "NULL::bigint"
        return f"{value}, {alias}.{month}"

    update = f"""WITH changed (r0, m0, r1, m1) AS (
      SELECT {day("s")}, {day("f")}
      FROM stale s FULL JOIN fresh f ON s.{key} = f.{key} WHERE s IS DISTINCT FROM f
    ) SELECT r0, m0 FROM changed WHERE m0 IS NOT NULL UNION SELECT r1, m1 FROM changed WHERE m1 IS NOT NULL"""
    return _dispatch(
        insert=f"SELECT {day('f')} FROM fresh f WHERE f.{month} IS NOT NULL",
        update=update,
        delete=f"SELECT {day('s')} FROM stale s WHERE s.{month} IS NOT NULL",
        point=True,
    )


def span_function(guard: Span, columns: dict[str, str], key: str) -> str:
    """Body of a table's guard: the distinct spans of days that a statement touched."""
    start, end, root = columns[guard.start], columns[guard.end], columns.get(guard.root or "", "")

    def span(alias: str) -> str:
        value = f"{alias}.{root}" if root else "NULL::bigint"
        return f"{value}, {alias}.{start}, coalesce({alias}.{end}, {FAR})"

    update = f"""WITH changed (r0, s0, e0, r1, s1, e1, shifted) AS (
      SELECT {span("s")}, {span("f")},
        to_jsonb(s) - ARRAY['{start}', '{end}'] = to_jsonb(f) - ARRAY['{start}', '{end}']
          AND s.{start} <= coalesce(f.{end}, {FAR}) AND f.{start} <= coalesce(s.{end}, {FAR})
      FROM stale s FULL JOIN fresh f ON s.{key} = f.{key} WHERE s IS DISTINCT FROM f
    ), parts (root, first, last) AS (
      SELECT r0, s0, e0 FROM changed WHERE shifted IS NOT TRUE
      UNION SELECT r1, s1, e1 FROM changed WHERE shifted IS NOT TRUE
      UNION SELECT r0, least(s0, s1), greatest(s0, s1) - 1 FROM changed WHERE shifted AND s0 <> s1
      UNION SELECT r0, least(e0, e1) + 1, greatest(e0, e1) FROM changed WHERE shifted AND e0 <> e1
    ) SELECT root, first, last FROM parts WHERE first IS NOT NULL"""
    return _dispatch(
        insert=f"SELECT {span('f')} FROM fresh f WHERE f.{start} IS NOT NULL",
        update=update,
        delete=f"SELECT {span('s')} FROM stale s WHERE s.{start} IS NOT NULL",
        point=False,
    )


def _dispatch(*, insert: str, update: str, delete: str, point: bool) -> str:
    last = "first" if point else "last"
    names = "root, first" if point else "root, first, last"
    into = f"SELECT array_agg(root), array_agg(first), array_agg({last}) INTO roots, firsts, lasts"

    def gather(query: str) -> str:
        return f"{into} FROM (SELECT DISTINCT * FROM ({query}) AS rows ({names})) AS touched;"

    return f"""
DECLARE roots bigint[]; firsts date[]; lasts date[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    {gather(insert)}
  ELSIF TG_OP = 'UPDATE' THEN
    {gather(update)}
  ELSE
    {gather(delete)}
  END IF;
  PERFORM guard_check(roots, firsts, lasts);
  RETURN NULL;
END """


def guard_triggers(table: str) -> list[Trigger]:
    function = f"guard_{table}"
    return [
        Trigger(
            table, "guard_insert", function, INSERT, "AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh"
        ),
        Trigger(
            table,
            "guard_update",
            function,
            UPDATE,
            "AFTER UPDATE ON {table} REFERENCING OLD TABLE AS stale NEW TABLE AS fresh",
        ),
        Trigger(
            table, "guard_delete", function, DELETE, "AFTER DELETE ON {table} REFERENCING OLD TABLE AS stale"
        ),
        Trigger(table, "guard_truncate", "guard_truncate", BEFORE | TRUNCATE, "BEFORE TRUNCATE ON {table}"),
    ]


def append_only_triggers(table: str, once: tuple[str, ...]) -> list[Trigger]:
    return [
        Trigger(
            table,
            "guard_append_only",
            "guard_append_only",
            ROW | BEFORE | UPDATE | DELETE,
            "BEFORE UPDATE OR DELETE ON {table}",
            once,
        ),
        Trigger(
            table,
            "guard_append_only_truncate",
            "guard_append_only",
            BEFORE | TRUNCATE,
            "BEFORE TRUNCATE ON {table}",
        ),
    ]


def freeze_trigger(table: str) -> Trigger:
    return Trigger(
        table,
        "guard_freeze",
        "guard_freeze",
        ROW | BEFORE | INSERT | UPDATE | DELETE,
        "BEFORE INSERT OR UPDATE OR DELETE ON {table}",
    )


def create_function(name: str, body: str) -> str:
    arguments, returns = (
        ("roots bigint[], firsts date[], lasts date[]", "void") if name == "guard_check" else ("", "trigger")
    )
    return (
        f"CREATE OR REPLACE FUNCTION public.{name}({arguments}) RETURNS {returns} LANGUAGE plpgsql "
        f"SET search_path = public, pg_temp AS $guard${body}$guard$"
    )


def present_functions(cursor: Any) -> dict[str, str]:
    """Name → body of the guards' functions that set their own search path."""
    cursor.execute(
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname LIKE 'guard\\_%' AND provolatile = 'v'"
        " AND proconfig = ARRAY['search_path=public, pg_temp']"
    )
    return dict(cursor.fetchall())


def present_triggers(cursor: Any) -> dict[tuple[str, str], tuple[Any, ...]]:
    """(table, name) → (function, kind, arguments, whether switched on) of the guards' triggers."""
    cursor.execute(
        "SELECT c.relname, t.tgname, p.proname, t.tgtype, t.tgargs, t.tgenabled IN ('O', 'A')"
        " FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE NOT t.tgisinternal AND t.tgname LIKE 'guard\\_%' AND c.relnamespace = 'public'::regnamespace"
    )
    return {
        (table, name): (function, kind, tuple(bytes(arguments).decode().split("\0")[:-1]), on)
        for table, name, function, kind, arguments, on in cursor.fetchall()
    }
