"""The site with pages added that refuse, fail and draw; for tests of the shell."""

from decimal import Decimal

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from core.exceptions import Conflict, DomainError, NotAllowed, NotVisible, RuleViolation
from opscenter.urls import handler400, handler403, handler404, handler500
from opscenter.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

REFUSALS: dict[str, DomainError] = {
    "rule": RuleViolation("weights", "权重合计须为 100", errors=[{"field": "权重", "message": "合计 95"}]),
    "right": NotAllowed("month.lock"),
    "missing": NotVisible("staff"),
    "conflict": Conflict("changed"),
}


def refuse(request: HttpRequest, how: str) -> HttpResponse:
    raise REFUSALS[how]


def deny(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def suspect(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a failure that no page may show")


def parts(request: HttpRequest) -> HttpResponse:
    """Every component once."""
    days = ["11-01", "11-02", "11-03"]
    context = {
        "line": {
            "labels": days,
            "series": [
                {"name": "实际", "values": [Decimal("10.50"), None, Decimal("30")], "area": True},
                {"name": "基线", "values": ["12", "12", "12"], "dashed": True},
            ],
            "marks": [{"label": "11-03", "note": "活动日"}],
        },
        "bar": {"labels": ["论坛", "微博"], "series": [{"name": "完成", "values": [12, 8]}]},
        "waterfall": {
            "steps": [
                {"label": "计提", "value": "100.00"},
                {"label": "扣减", "value": "-12.40"},
                {"label": "应发", "value": "87.60", "total": True},
            ]
        },
        "amount": Decimal("1284600.50"),
        "share": Decimal("0.9533"),
        "page": Paginator(range(90), 20).page(2),
    }
    return render(request, "parts.html", context)


urlpatterns = [
    path("refuse/<str:how>/", refuse),
    path("deny/", deny),
    path("suspect/", suspect),
    path("fail/", fail),
    path("parts/", parts),
    *site,
]
