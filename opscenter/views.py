"""The pages that belong to no app: the first page, the health check, the error pages."""

from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.access import PUBLIC, SIGNED_IN, access, account
from core.files import content_of, file_read
from departments.permissions import reach_of
from opscenter.navigation import address, employed, first_start, leading, member

#: where programs ask; everything under it answers in JSON
API = "/api/v1/"
OUR_MISTAKE = _("Something went wrong on our side; it has been noted. Please ask again later.")


@access(SIGNED_IN)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where a person's work begins: their day for those who log work, their team for those who lead one, the
    month for those who answer for money or rules.  Who belongs to no organisation reads what to do about it;
    where there is none at all yet, the administrator reads how to begin.
    """
    if not member(request.user):
        return render(request, "home.html")
    if employed(request.user) and not leading(request.user):
        return redirect("today:show")
    reach = reach_of(account(request))
    if first_start(request.user):
        request.first_start = True  # type: ignore[attr-defined]
        return render(request, "home.html", {"first_start": True})
    leads = reach.allows("log.verify") and not reach.allows("money.read")
    return redirect(address("team:show") or "month:latest" if leads else "month:latest")


@access(PUBLIC)
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether this process answers and its database does; for load balancers, so without sign-in."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok"})


@access(SIGNED_IN)
@never_cache
@require_safe
def healthz_session(request: HttpRequest) -> JsonResponse:
    """The least that any page of a signed-in person costs: session, person, one query; other pages are
    measured against it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@access(SIGNED_IN)
@never_cache
@require_safe
def stored_file(request: HttpRequest, key: UUID) -> HttpResponse:
    """A private file as a download, for those who may read it; for others there is none."""
    stored = file_read(reader=account(request), key=key)
    response = HttpResponse(content_of(stored), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, stored.name) or "attachment"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@access(PUBLIC)
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it on pages that name no icon, such as the administration."""
    return redirect(static("opscenter/img/logo.svg"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: session, account and database may be what has failed.

    Programs get the shape that every error of the API has.  Rule: interfaces.md §4.
    """
    if request.path_info.startswith(API):
        body = {"code": "server_error", "message": str(OUR_MISTAKE), "errors": []}
        return JsonResponse(body, status=500)
    context: dict[str, Any] = {}
    return HttpResponseServerError(get_template("500.html").render(context))
