"""Every error as ``{"code", "message", "errors": [{"field", "message"}]}``, in the reader's language."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.db import IntegrityError
from django.http import Http404
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core import guards
from core.exceptions import DomainError

INVALID = gettext_lazy("Something in the request is not right; “errors” says what.")
TOO_LARGE = gettext_lazy("The request is too large.")
NOT_FOUND = gettext_lazy("There is no such page or record.")


class ContentTooLarge(exceptions.APIException):
    status_code = 413
    default_detail = TOO_LARGE
    default_code = "too_large"


def error_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to a refused request; ``None`` for a mistake of ours, which is a 500."""
    if isinstance(error, IntegrityError) and guards.is_month_locked(error):
        error = _translated(error)
    if isinstance(error, DomainError):
        set_rollback()
        return Response(_body(error.code, str(error), _texts(error)), status=error.status)
    if isinstance(error, ValidationError):
        error = exceptions.ValidationError(exceptions._get_error_details(error.messages))
    elif isinstance(error, Http404):
        error = exceptions.NotFound(NOT_FOUND)
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, RequestDataTooBig):
        error = ContentTooLarge()
    elif isinstance(error, SuspiciousOperation | BadRequest):
        error = exceptions.ParseError()
    if not isinstance(error, exceptions.APIException):
        return None
    headers = {}
    if scheme := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(scheme)
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(max(1, int(wait)))
    set_rollback()
    return Response(_api_body(error), status=error.status_code, headers=headers)


def _translated(error: IntegrityError) -> Exception:
    try:
        with guards.translate():
            raise error
    except DomainError as told:
        return told


def _body(code: str, message: str, errors: list[dict[str, str]]) -> dict[str, Any]:
    return {"code": code, "message": message, "errors": errors}


def _texts(error: DomainError) -> list[dict[str, str]]:
    return [
        {"field": str(item.get("field", "")), "message": str(item.get("message", ""))}
        for item in error.errors
    ]


def _api_body(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return _body("invalid", str(INVALID), [_line(*one) for one in _flat(error.detail)])
    code = error.get_codes()
    return _body(code if isinstance(code, str) else "error", str(error.detail), [])


def _line(field: str, message: str) -> dict[str, str]:
    return {"field": field, "message": message}


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Nested details as lines; ``2.count`` is the field ``count`` of the third row."""
    if isinstance(detail, dict):
        for name, below in detail.items():
            part = "" if name == "non_field_errors" else str(name)
            yield from _flat(below, ".".join(filter(None, (path, part))))
    elif isinstance(detail, list):
        for number, below in enumerate(detail):
            if isinstance(below, dict | list):
                yield from _flat(below, ".".join(filter(None, (path, str(number)))))
            else:
                yield path, str(below)
    else:
        yield path, str(detail)
