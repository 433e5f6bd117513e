"""What people call the things that results name by code."""

from collections.abc import Iterable

from django.db.models import Value

from departments.models import Activity, Staff
from kpi.models import Metric, Platform, SchemeItem, Score


def lacking_names(codes: Iterable[str]) -> dict[str, str]:
    """Metric and item codes in ``metric:CODE`` and ``rating:CODE`` → their names; one query."""
    wanted: dict[str, set[str]] = {"metric": set(), "rating": set()}
    for code in codes:
        source, found, name = code.partition(":")
        if found and source in wanted:
            wanted[source].add(name)
    if not any(wanted.values()):
        return {}
    items = SchemeItem.objects.order_by().filter(code__in=wanted["rating"]).values_list("code", "name")
    metrics = Metric.objects.order_by().filter(code__in=wanted["metric"]).values_list("code", "name")
    return dict(items.union(metrics))


def score_names(scores: Iterable[Score]) -> tuple[dict[tuple[int, str], str], dict[str, str]]:
    """(scheme, item code) → name of its items, and metric and item code → name of what lacks; one query."""
    rows = list(scores)
    lacking = {code.partition(":")[2] for score in rows for code in score.missing}
    items = (
        SchemeItem.objects.order_by()
        .filter(scheme__in={score.scheme_id for score in rows})
        .values_list("scheme_id", "code", "name")
    )
    metrics = Metric.objects.order_by().filter(code__in=lacking).values_list(Value(0), "code", "name")
    found = list(items.union(metrics) if lacking else items)
    return (
        {(scheme, code): name for scheme, code, name in found},
        {code: name for _scheme, code, name in found if code in lacking},
    )


def platform_names(codes: Iterable[str]) -> dict[str, str]:
    return dict(Platform.objects.filter(code__in=set(codes)).values_list("code", "name"))


def activity_names(codes: Iterable[str]) -> dict[str, str]:
    return dict(Activity.objects.filter(code__in=set(codes)).values_list("code", "name"))


def staff_names(numbers: Iterable[str]) -> dict[str, str]:
    """Names of people that a visible line names: holders of a role, a colleague of a pair."""
    return dict(Staff.objects.filter(staff_no__in=set(numbers)).values_list("staff_no", "name"))
