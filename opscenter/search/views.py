"""The search page; for htmx the results alone, which the field at the top of every page shows below it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access import SIGNED_IN, access, account
from opscenter.navigation import Navigation
from opscenter.search.selectors import search

MAX_LENGTH = 60


@access(SIGNED_IN)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:MAX_LENGTH]
    groups = search(account(request), text, Navigation(request).links)
    htmx = getattr(request, "htmx", None)
    template = "search/_results.html" if htmx and not htmx.boosted else "search/show.html"
    return render(request, template, {"text": text, "groups": groups})
