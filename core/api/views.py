"""The base of every resource: its access, its pages, its errors, its repeats."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, cast

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.filters import OrderingFilter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access import PUBLIC, Access
from core.api.pagination import RowPages
from core.exceptions import NotVisible
from core.idempotency import Sent, done_once
from core.models import User

REPEATED = "Idempotent-Replayed"


def person(request: Request) -> User:
    """Who asks; every resource with rows needs somebody."""
    return cast(User, request.user)


class ApiView(APIView):
    """A resource.  Subclasses set ``access``; methods they do not have answer 405."""

    access: ClassVar[Access]
    http_method_names = ["get", "post", "delete", "head"]

    @classmethod
    def as_view(cls, *args: Any, **initkwargs: Any) -> Any:
        view = super().as_view(*args, **initkwargs)
        # Where ``core.access.declared`` looks, for views made from an APIView and from a view set alike.
        view.access = cls.access  # type: ignore[attr-defined]
        return view

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not _is_form(request):
            # Read here, where its size is limited; the parsers would take any.
            _ = request._request.body

    def done_once(self, request: Request, act: Callable[[], Response]) -> HttpResponse:
        """The answer of ``act``; with an ``Idempotency-Key`` that of the first time, byte for byte."""
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return act()

        def rendered() -> tuple[int, bytes]:
            answer = act()
            return answer.status_code, JSONRenderer().render(answer.data)

        sent = Sent(person(request), key, str(request.method), request.path, _digest(request))
        status, body, repeated = done_once(sent, rendered)
        answer = HttpResponse(body, status=status, content_type="application/json")
        if repeated:
            answer[REPEATED] = "true"
        return answer


def _is_form(request: Request) -> bool:
    return str(request.content_type or "").startswith("multipart/")


def _digest(request: Request) -> str:
    """SHA-256 of what was sent: of forms the fields and files, because their boundary differs each time."""
    if not _is_form(request):
        return hashlib.sha256(request._request.body).hexdigest()
    found = hashlib.sha256()
    sent = cast(QueryDict, request.data)
    for name in sorted(sent):
        for value in sent.getlist(name):
            found.update(f"\x1e{name}\x1f".encode())
            if isinstance(value, UploadedFile):
                found.update(f"{value.name}\x1f".encode())
                for chunk in value.chunks():
                    found.update(chunk)
                value.seek(0)
            else:
                found.update(str(value).encode())
    return found.hexdigest()


class RowViewSet(ApiView, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """Rows as a list and one by one.  Subclasses say in ``rows`` which of them the person sees.

    ``ordering_fields``: what ``?ordering=`` takes, fields without nulls only.
    """

    pagination_class = RowPages
    filter_backends = [DjangoFilterBackend, OrderingFilter]
    filterset_class: ClassVar[Any] = None
    lookup_value_converter = "int"
    ordering_fields: Sequence[str] = ()
    ordering: Sequence[str] = ("-pk",)

    def rows(self, user: Any) -> Any:
        """The rows that ``user`` may see."""
        raise NotImplementedError

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            # The description of the API asks for the model, not for anybody's rows.
            return QuerySet(cast(Any, self.get_serializer_class()).Meta.model).none()
        return self.rows(self.request.user)


@extend_schema(exclude=True)
class NotThere(ApiView):
    """Every address of the API that is none."""

    access = PUBLIC
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise NotVisible("resource")

    post = put = patch = delete = get
