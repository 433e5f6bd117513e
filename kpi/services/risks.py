"""Marking new log rows with what deserves a second look, so that the queue shows the worst first."""

from collections import defaultdict

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core import guards
from departments.selectors import UnitTree, unit_tree
from kpi.calculations.risk import flags, risks
from kpi.models import LogEntry, LogStatus, Platform
from kpi.selectors import month_policies
from kpi.selectors.risks import facts_of, limits_of, of_open_months

#: rows whose numbers are read at once, and rows that one transaction marks
ROUND, BATCH = 50_000, 500


def open_rows() -> "QuerySet[LogEntry]":
    """Submitted rows of months that are not locked."""
    return of_open_months(LogEntry.objects.filter(status=LogStatus.SUBMITTED))


def platform_domains() -> dict[int, tuple[str, ...]]:
    """Platform → its web domains in small letters."""
    return {
        pk: tuple(domain.strip().lower() for domain in domains if domain.strip())
        for pk, domains in Platform.objects.values_list("pk", "domains")
    }


def risks_look(rows: "QuerySet[LogEntry] | None" = None, most: int | None = None) -> int:
    """Look at the rows (all by default) that nobody looked at yet, at most ``most``; gives how many.

    A batch is a transaction, so that people who log meanwhile wait for no more than one of them.  It holds
    the rows of few people, since what they usually do is read for each of them.
    """
    rows = open_rows() if rows is None else rows
    wanted = rows.filter(risk=0)
    domains, tree = platform_domains(), unit_tree(timezone.localdate())
    done = 0
    while most is None or done < most:
        room = ROUND if most is None else min(ROUND, most - done)
        keys = list(wanted.order_by("staff_id", "pk").values_list("pk", flat=True)[:room])
        if not keys:
            break
        for first in range(0, len(keys), BATCH):
            # Not "= 0": PostgreSQL would walk the index of all that are new to find these few by their keys.
            chosen = rows.filter(pk__in=keys[first : first + BATCH], risk__lte=0)
            with guards.translate(), transaction.atomic():
                done += _look(list(chosen.select_related("staff").order_by("pk")), domains, tree)
    return done


def _look(batch: list[LogEntry], domains: dict[int, tuple[str, ...]], tree: UnitTree) -> int:
    policies = month_policies(tree, {row.staff.unit_id for row in batch}, timezone.localdate())
    limits = {unit: limits_of(policy) for unit, policy in policies.items()}
    facts = facts_of(batch, domains, limits.values())
    by_flags: dict[int, list[int]] = defaultdict(list)
    for row in batch:
        by_flags[flags(risks(facts[row.pk], limits[row.staff.unit_id]))].append(row.pk)
    for value, keys in by_flags.items():
        LogEntry.objects.filter(pk__in=keys, risk__lte=0).update(risk=value)
    return len(batch)
