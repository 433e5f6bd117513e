"""The description of the API: for programs as OpenAPI, for people as a page to read and try."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView

from core.access import SIGNED_IN, access
from core.api.views import ApiView


class SchemaView(ApiView, SpectacularAPIView):
    """OpenAPI 3 of all resources; `?format=json` gives JSON instead of YAML."""

    access = SIGNED_IN


@access(SIGNED_IN)
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description as a page; requests tried on it go with the reader's own session and rights."""
    return render(request, "api/docs.html")
