"""Marking new log rows with what deserves a second look, so that the queue shows the worst first."""

from collections import defaultdict
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core import guards
from departments.selectors import unit_tree
from kpi.calculations.risk import flags, risks
from kpi.models import LogEntry, LogStatus, Platform
from kpi.selectors import month_policies
from kpi.selectors.risks import facts_of, limits_of, of_open_months

BATCH = 500


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

    A batch is a transaction, so that people who log meanwhile wait for no more than one of them.
    """
    wanted = (open_rows() if rows is None else rows).filter(risk=0)
    domains, tree = platform_domains(), unit_tree(timezone.localdate())
    done = 0
    while most is None or done < most:
        with guards.translate(), transaction.atomic():
            batch = list(wanted.select_related("staff").order_by("pk")[:BATCH])
            if not batch:
                break
            today = timezone.localdate()
            policies = month_policies(tree, {row.staff.unit_id for row in batch}, today)
            limits = {unit: limits_of(policy) for unit, policy in policies.items()}
            facts = facts_of(batch, domains, limits.values())
            by_flags: dict[int, list[int]] = defaultdict(list)
            for row in batch:
                by_flags[flags(risks(facts[row.pk], limits[row.staff.unit_id]))].append(row.pk)
            _mark(by_flags)
        done += len(batch)
    return done


def _mark(by_flags: dict[int, Collection[int]] | dict[int, list[int]]) -> None:
    for value, keys in by_flags.items():
        LogEntry.objects.filter(pk__in=keys, risk=0).update(risk=value)
