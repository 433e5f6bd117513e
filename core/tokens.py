"""Keys with which programs sign in: made and revoked by their owner, the secret shown once."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.exceptions import Conflict, NotVisible
from core.models import ApiToken, User

CREATED = audit.register_action("api_key.created", _("access key made"))
REVOKED = audit.register_action("api_key.revoked", _("access key revoked"))

#: what a secret begins with, so that scanners of leaked secrets find it
PREFIX = "ocp_"
HINT_LENGTH = 4
#: how exactly the last use is known; a program that asks every second writes one row in this time
LAST_USE_STEP = timedelta(minutes=5)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def token_list(user: User) -> "QuerySet[ApiToken]":
    """A person's own keys, the live ones first."""
    return ApiToken.objects.filter(user=user).order_by("revoked_at", "-pk")


def token_create(*, actor: User, name: str, days: int, form_key: UUID) -> tuple[ApiToken, str]:
    """A new key and its secret, which is told this once.

    Raises ``Conflict`` when the form was sent before: its secret was shown then, and is not known any more.
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            token = ApiToken.objects.create(
                user=actor,
                name=name,
                form_key=form_key,
                digest=digest_of(secret),
                hint=secret[-HINT_LENGTH:],
                expires_at=timezone.now() + timedelta(days=days),
            )
            audit.record(actor=actor, action=CREATED, target=token, change={"days": days})
    except IntegrityError as error:
        raise Conflict(
            "key_made",
            _("This key was made already. Its secret is shown once only; revoke it and make another."),
        ) from error
    return token, secret


@transaction.atomic
def token_revoke(*, actor: User, token_id: int) -> ApiToken:
    """End one's own key at once; a second time changes nothing.  Raises ``NotVisible``."""
    token = ApiToken.objects.select_for_update().filter(user=actor, pk=token_id).first()
    if token is None:
        raise NotVisible("api_key")
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record(actor=actor, action=REVOKED, target=token)
    return token


def token_user(secret: str) -> User | None:
    """Whose live key it is, if the person may still sign in; notes the use."""
    now = timezone.now()
    token = ApiToken.objects.select_related("user").filter(digest=digest_of(secret)).first()
    if token is None or not token.is_live(now) or not token.user.is_active:
        return None
    earlier = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - LAST_USE_STEP)
    if token.last_used_at is None or token.last_used_at < now - LAST_USE_STEP:
        ApiToken.objects.filter(earlier, pk=token.pk).update(last_used_at=now)
    return token.user
