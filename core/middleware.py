"""From a refused act to an answer that a person, or a program, can read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from core.exceptions import DomainError


class DomainErrorMiddleware:
    """Answers a ``DomainError`` that a view lets through: its status, in the reader's language.

    A page gets the error page, an htmx request a notice for the notice area of the page it is on, a program
    that asks for JSON the ``code``, ``message`` and ``errors``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return domain_error_response(request, exception) if isinstance(exception, DomainError) else None


class NoStoreMiddleware:
    """Keeps what a signed-in person sees out of every cache, also the browser's after signing out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        # The cookie, not the account: asking for the account would open the session on every page.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "Cache-Control" not in answer:
            answer["Cache-Control"] = "no-store, private"
        return answer


def domain_error_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The answer to a refused act."""
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        body = {"code": error.code, "message": str(error), "errors": error.errors}
        return JsonResponse(body, status=error.status)
    context = {"error": error, "back_url": _page_before(request)}
    htmx = getattr(request, "htmx", None)
    if not htmx or htmx.boosted:
        return render(request, f"{error.status}.html", context, status=error.status)
    answer = render(request, "components/error_notice.html", context, status=error.status)
    answer["HX-Retarget"] = "#notices"
    answer["HX-Reswap"] = "innerHTML"
    return answer


def _page_before(request: HttpRequest) -> str:
    """The page of this site that the reader came from, or ""."""
    referrer = request.headers.get("Referer", "")
    same_site = url_has_allowed_host_and_scheme(
        referrer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return referrer if same_site else ""
