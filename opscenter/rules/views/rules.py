"""One rule with its versions; the rules that hold for the reader."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.access import access, account
from core.months import Month
from departments.permissions import MEMBER
from opscenter.rules.pages import rule_page
from opscenter.rules.selectors import my_rules, running_month
from opscenter.rules.services import rules_acknowledge
from opscenter.rules.versions import names
from opscenter.rules.wording import deduction, item_source, where, words


@access(MEMBER)
@require_safe
def show(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    page = rule_page(account(request), kind, code, timezone.localdate())
    return render(request, "rules/show.html", {"page": page})


@access(MEMBER)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The rules of the running month that hold for the reader, in plain words."""
    found = my_rules(account(request), running_month())
    called = names(("platforms", "activities"))
    bound = found.bound
    codes = {version.row.code: version.name for version in bound.quotas}
    context = {
        "mine": found,
        "quotas": [(row, words(row, called), where(row, called)) for row in bound.quotas],
        "scheme": bound.scheme,
        "scheme_words": words(bound.scheme, called) if bound.scheme else "",
        "items": [(item, item_source(item, codes)) for item in bound.scheme.parts["scheme_items"]]
        if bound.scheme
        else [],
        "roles": [
            (role, words(role.scheme, called), [(rule, deduction(rule)) for rule in role.deductions])
            for role in bound.roles
        ],
    }
    return render(request, "rules/mine.html", context)


@access(MEMBER)
@require_POST
def acknowledge(request: HttpRequest) -> HttpResponse:
    """The reader has read what was shown."""
    month = Month.parse(request.POST.get("month", "")) if _is_month(request) else running_month()
    rules_acknowledge(actor=account(request), month=month, digest=request.POST.get("digest", ""))
    messages.success(request, _("Thank you. It is noted that you have read the rules."))
    return redirect("rules:mine")


def _is_month(request: HttpRequest) -> bool:
    try:
        Month.parse(request.POST.get("month", ""))
    except ValueError:
        return False
    return True
