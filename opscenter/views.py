"""The pages that belong to no app: the first page, the health check, the error pages."""

from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.files import content_of, file_read
from core.models import User
from opscenter.navigation import member


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The latest month, or for those who belong to no organisation yet what to do about it."""
    return redirect("month:latest") if member(request.user) else render(request, "home.html")


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


@login_required
@never_cache
@require_safe
def stored_file(request: HttpRequest, key: UUID) -> HttpResponse:
    """A private file as a download, for those who may read it; for others there is none."""
    stored = file_read(reader=cast(User, request.user), key=key)
    response = HttpResponse(content_of(stored), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, stored.name) or "attachment"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


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
    """Rendered without the request: session, account and database may be what has failed."""
    context: dict[str, Any] = {}
    return HttpResponseServerError(get_template("500.html").render(context))
