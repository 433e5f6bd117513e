"""A request with an ``Idempotency-Key`` is done once; a repeat gets the same bytes and changes nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict, RuleViolation
from core.job_context import JobContext
from core.models import IdempotentRequest, User
from core.schedule import Daily

EXPIRE = "idempotency_expire"
#: how long a key is remembered
KEPT = timedelta(days=3)
KEY = re.compile(r"[\x21-\x7e]{1,200}")
PATH_LENGTH = 300


@dataclass(frozen=True)
class Sent:
    """What tells a request from another: ``body`` is the SHA-256 of what was sent."""

    user: User
    key: str
    method: str
    path: str
    body: str


def done_once(sent: Sent, act: Callable[[], tuple[int, bytes]]) -> tuple[int, bytes, bool]:
    """Status and body of ``act``, or those of its first time; whether it was a repeat.

    The work and the memory of it are one transaction: of two at once the second waits for the first, and what
    fails leaves no trace.  Raises ``RuleViolation`` for a key that is none, ``Conflict`` for a known key with
    another request.
    """
    if not KEY.fullmatch(sent.key):
        raise RuleViolation(
            "bad_idempotency_key",
            _("An Idempotency-Key is 1 to 200 printable characters without spaces."),
            [{"field": "Idempotency-Key", "message": _("1 to 200 printable characters without spaces")}],
        )
    with transaction.atomic():
        row = _claim(sent)
        if row is None:
            known = IdempotentRequest.objects.get(user=sent.user, key=sent.key)
            return _repeated(sent, known)
        status, body = act()
        row.status, row.response = status, body
        row.save(update_fields=["status", "response"])
    return status, body, False


def _claim(sent: Sent) -> IdempotentRequest | None:
    """The new row of the request; ``None`` when there is one, committed by now."""
    try:
        with transaction.atomic():
            return IdempotentRequest.objects.create(
                user=sent.user,
                key=sent.key,
                method=sent.method,
                path=sent.path[:PATH_LENGTH],
                body=sent.body,
            )
    except IntegrityError:
        return None


def _repeated(sent: Sent, known: IdempotentRequest) -> tuple[int, bytes, bool]:
    if (known.method, known.path, known.body) != (sent.method, sent.path[:PATH_LENGTH], sent.body):
        raise Conflict(
            "idempotency_key_reused", _("This Idempotency-Key was used for another request. Take a new one.")
        )
    return known.status, bytes(known.response), True


def expire(context: JobContext) -> None:
    """Forget keys that are older than ``KEPT``."""
    with transaction.atomic():
        count, _models = IdempotentRequest.objects.filter(at__lt=timezone.now() - KEPT).delete()
        context.finish({"deleted": count})


def _ask(day: date) -> tuple[dict[str, Any], str]:
    return {}, f"{EXPIRE}:{day}"


NIGHTLY_EXPIRY = Daily(kind=EXPIRE, at=time(3, 30), ask=_ask)
