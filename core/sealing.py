"""Secrets that we must be able to read again are kept encrypted, with a key made from ``SECRET_KEY``."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.exceptions import RuleViolation

PURPOSE = b"core.sealing:"


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(PURPOSE + key.encode()).digest())) for key in keys
    )


def seal(text: str) -> str:
    """``text``, encrypted and protected against change."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again.  Raises ``RuleViolation`` when ``SECRET_KEY`` is another one by now."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise RuleViolation(
            "sealed_with_other_key",
            _("The secret was kept with another SECRET_KEY and cannot be read; make a new one."),
        ) from error
