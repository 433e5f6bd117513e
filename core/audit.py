"""The record of who did what: written with the act, chained later, verified at will.

Rule: an act and its row stand or fall together, so ``record`` is called inside the act's transaction.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.functional import Promise

from core.models import AuditEvent, User
from core.registry import Registry

GENESIS = "0" * 64
# Any constant that no other advisory lock uses.
CHAIN_LOCK = 7_305_112
BATCH = 1000
MASK = "***"

actions: "Registry[Any]" = Registry("audit action")

_SECRET = re.compile(
    r"password|passwd|secret|token|api_?key|session|cookie|authorization|signature|bank|id_?card|id_?number",
    re.I,
)
# Mainland mobile numbers; 3 digits before and 4 after stay, so that a person recognises their own.
_PHONE = re.compile(r"(?<!\d)((?:\+?86[- ]?)?1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)")

# A SHA-256 is no text: digits in it that look like a phone number stay.
_DIGEST = re.compile(r"[0-9a-f]{64}")


def register_action(name: str, label: Any) -> str:
    """Announce an action and the label people read: ``register_action("job.cancel", _("cancelled"))``."""
    actions.register(name, label)
    return name


def action_label(name: str) -> str:
    """What people read; an action of an app that is gone shows its code."""
    return str(actions.get(name) or name)


def record(
    *,
    actor: User | None,
    action: str,
    target: models.Model | None = None,
    change: Mapping[str, Any] | None = None,
    reason: str = "",
    request_id: str = "",
) -> AuditEvent:
    """Write one act of ``actor`` (None: the system itself) on ``target``.

    ``change`` may hold text, numbers, dates, lists and mappings.  Values under keys that look secret are
    replaced, phone numbers are masked everywhere.  Raises ``KeyError`` for an action nobody registered and
    ``TypeError`` for a float.
    """
    if action not in actions:
        raise KeyError(f"audit action {action!r} is not registered")
    return AuditEvent.objects.create(
        actor=actor,
        actor_name=actor.get_username() if actor else "",
        action=action,
        target_type=target._meta.label_lower if target else "",
        target_id=str(target.pk) if target else "",
        target_text=_masked(str(target))[:200] if target else "",
        change=_plain(change or {}),
        reason=_masked(reason),
        request_id=request_id[:64],
    )


def _masked(text: str) -> str:
    if _DIGEST.fullmatch(text):
        return text
    # NUL cannot be stored by PostgreSQL.
    return _PHONE.sub(r"\1****\2", text.replace("\0", ""))


def _plain(value: Any) -> Any:
    """``value`` as JSON that is equal on both databases: no float, secrets replaced, phone numbers masked."""
    if isinstance(value, Mapping):
        return {
            str(key): MASK if item not in (None, "") and _SECRET.search(str(key)) else _plain(item)
            for key, item in value.items()
        }
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str | Promise):
        return _masked(str(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, models.Model):
        return _masked(str(value))
    if isinstance(value, Iterable):
        return [_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot stand in an audit row")


# --- the chain ---------------------------------------------------------------------------------------

_COLUMNS = ("id", "at", "actor_id", "actor_name", "action", "target_type", "target_id", "target_text")
_CONTENT = (*_COLUMNS, "change", "reason", "request_id")


def _digest(previous: str, row: Mapping[str, Any]) -> str:
    """HMAC-SHA-256 over the previous hash and the row's content in one canonical form.

    The key (``AUDIT_CHAIN_KEY``) is kept outside the database; without one the chain still shows a change
    that was not followed by a new calculation of everything after it.
    """
    at: datetime = row["at"]
    content = {
        **{name: row[name] for name in _CONTENT},
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(settings.AUDIT_CHAIN_KEY.encode(), (previous + text).encode(), hashlib.sha256).hexdigest()


def _rows() -> "models.QuerySet[AuditEvent]":
    return models.QuerySet(AuditEvent)


def head() -> str:
    """Hash of the newest chained row: what a sheet, a message or a backup keeps as an anchor."""
    followed = _rows().filter(previous_hash=models.OuterRef("hash"))
    last = _rows().filter(hash__isnull=False).exclude(models.Exists(followed)).order_by("-pk").first()
    return last.hash or GENESIS if last else GENESIS


def chain() -> int:
    """Hash every row that waits, in batches; returns how many.

    One at a time: an advisory lock on PostgreSQL, the IMMEDIATE transaction on SQLite; ``previous_hash`` is
    unique besides, so two chains can never fork.  The order is that of chaining, not of the keys: a row with
    a smaller key may be committed later.
    """
    done = 0
    while True:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
            rows = list(_rows().filter(hash__isnull=True).order_by("pk").values(*_CONTENT)[:BATCH])
            if not rows:
                return done
            previous, hashes = head(), []
            for row in rows:
                digest = _digest(previous, row)
                hashes.append((previous, digest, row["id"]))
                previous = digest
            with connection.cursor() as cursor:
                cursor.executemany(
                    f"UPDATE {AuditEvent._meta.db_table} SET previous_hash = %s, hash = %s WHERE id = %s",  # noqa: S608
                    hashes,
                )
        done += len(rows)


@dataclass(frozen=True)
class Finding:
    """Something wrong with the record: the row's key (0: no row is left to name) and what is wrong."""

    row: int
    problem: str

    def __str__(self) -> str:
        return f"row {self.row}: {self.problem}" if self.row else self.problem


def row_is_intact(key: int) -> bool | None:
    """Whether a row still gives its hash; ``None`` while it waits to be chained."""
    row = _rows().filter(pk=key).values(*_CONTENT, "previous_hash", "hash").first()
    if row is None:
        return False
    if row["hash"] is None and row["previous_hash"] is None:
        return None
    return bool(row["previous_hash"]) and _digest(row["previous_hash"], row) == row["hash"]


def verify(anchors: Iterable[str] = ()) -> list[Finding]:
    """Check the whole chain; every changed, missing or added row is named.

    ``anchors`` are heads kept elsewhere: a cut tail shows only through them.
    """
    findings = [
        Finding(row["id"], "content does not give its hash")
        for row in _rows()
        .filter(hash__isnull=False)
        .values(*_CONTENT, "previous_hash", "hash")
        .iterator(BATCH)
        if not row["previous_hash"] or _digest(row["previous_hash"], row) != row["hash"]
    ]
    before = _rows().filter(hash=models.OuterRef("previous_hash"))
    orphans = (
        _rows()
        .filter(previous_hash__isnull=False)
        .exclude(previous_hash=GENESIS)
        .exclude(models.Exists(before))
    )
    findings += [
        Finding(key, "the row before it is missing or was changed")
        for key in orphans.values_list("pk", flat=True)
    ]
    half = _rows().filter(hash__isnull=True, previous_hash__isnull=False)
    findings += [Finding(key, "its hash was taken away") for key in half.values_list("pk", flat=True)]
    chained = _rows().filter(hash__isnull=False)
    if chained.exists() and not chained.filter(previous_hash=GENESIS).exists():
        findings.append(Finding(0, "the first row is missing"))
    known = set(chained.filter(hash__in=list(anchors)).values_list("hash", flat=True))
    findings += [
        Finding(0, f"the row with hash {anchor} is missing")
        for anchor in anchors
        if anchor not in {*known, GENESIS}
    ]
    return sorted(set(findings), key=lambda finding: (finding.row, finding.problem))
