"""What the pages of the funds call things."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import registry

#: why money moved
MOVEMENTS: dict[str, str | Promise] = {
    "opening": _("brought forward"),
    "monthly_fund": _("monthly fund"),
    "pool": _("from a pool"),
    "account_fee": _("account fee"),
    "fee": _("manuscript fee"),
    "spend": _("spending"),
    "release": _("release"),
}


def scheme_names(codes: set[str]) -> dict[str, str]:
    """Scheme code → name; the schemes stand in an app further right, which says what they are called."""
    named = registry.providers.get("scheme_names")
    return named(codes) if named else {}
