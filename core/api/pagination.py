"""Pages by cursor: the thousandth costs what the first does, and new rows shift nothing."""

from collections.abc import Sequence
from typing import Any

from django.core import signing
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

SALT = "core.api.cursor"
BAD_CURSOR = _("This cursor is not one of ours, or belongs to another order. Begin without it.")


class RowPages(CursorPagination):
    """``?limit=`` rows of a page, ``?cursor=`` from ``next`` or ``previous`` of the page before.

    A cursor is signed: a forged one cannot ask the database for something that is no value of the column.
    """

    page_size = 50
    max_page_size = 500
    page_size_query_param = "limit"
    cursor_query_description = "Where a page begins: from `next` or `previous` of the page before."
    page_size_query_description = "Rows of a page, 1 to 500; 50 when not given."

    def get_ordering(self, request: Request, queryset: "QuerySet[Any]", view: Any) -> tuple[str, ...]:
        """What the request asks for, else the resource's own order; the key decides between equals."""
        given: Sequence[str] = super().get_ordering(request, queryset, view)
        ordering = tuple(given)
        if any(part.lstrip("-") == "pk" for part in ordering):
            return ordering
        return (*ordering, "-pk" if ordering[0].startswith("-") else "pk")

    def encode_cursor(self, cursor: Cursor) -> str:
        signed = signing.dumps(
            [cursor.offset, cursor.reverse, cursor.position, list(self.ordering)], salt=SALT
        )
        return str(replace_query_param(str(self.base_url), self.cursor_query_param, signed))

    def decode_cursor(self, request: Request) -> Cursor | None:
        text = request.query_params.get(self.cursor_query_param)
        if text is None:
            return None
        try:
            offset, reverse, position, ordering = signing.loads(text, salt=SALT)
        except (signing.BadSignature, ValueError, TypeError) as error:
            raise ValidationError({self.cursor_query_param: [BAD_CURSOR]}) from error
        if ordering != list(self.ordering):
            raise ValidationError({self.cursor_query_param: [BAD_CURSOR]})
        return Cursor(offset=offset, reverse=reverse, position=position)
