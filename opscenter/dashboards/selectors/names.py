"""What people call the things that results name by code."""

from collections.abc import Iterable

from departments.models import Activity, Staff
from kpi.models import Metric, Platform, SchemeItem


def lacking_names(codes: Iterable[str]) -> dict[str, str]:
    """Metric and item codes in ``metric:CODE`` and ``rating:CODE`` → their names; two queries at most."""
    wanted: dict[str, set[str]] = {"metric": set(), "rating": set()}
    for code in codes:
        source, found, name = code.partition(":")
        if found and source in wanted:
            wanted[source].add(name)
    names: dict[str, str] = {}
    if wanted["rating"]:
        names |= dict(SchemeItem.objects.filter(code__in=wanted["rating"]).values_list("code", "name"))
    if wanted["metric"]:
        names |= dict(Metric.objects.filter(code__in=wanted["metric"]).values_list("code", "name"))
    return names


def platform_names(codes: Iterable[str]) -> dict[str, str]:
    return dict(Platform.objects.filter(code__in=set(codes)).values_list("code", "name"))


def activity_names(codes: Iterable[str]) -> dict[str, str]:
    return dict(Activity.objects.filter(code__in=set(codes)).values_list("code", "name"))


def staff_names(numbers: Iterable[str]) -> dict[str, str]:
    """Names of people that a visible line names: holders of a role, a colleague of a pair."""
    return dict(Staff.objects.filter(staff_no__in=set(numbers)).values_list("staff_no", "name"))
