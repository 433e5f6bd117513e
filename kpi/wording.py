"""The words for codes of MEASURE that a page or an export shows."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kpi.calculations.risk import KINDS, Risk

#: short, for a coloured word and for exports
RISKS: dict[Risk, str | Promise] = {
    Risk.SAME_IMAGE: _("same screenshot"),
    Risk.SAME_LINK: _("link logged before"),
    Risk.NEAR_IMAGE: _("screenshot looks alike"),
    Risk.FOREIGN_DOMAIN: _("link of another site"),
    Risk.BURST: _("many rows at once"),
    Risk.LARGE_COUNT: _("far above a usual day"),
}
#: what was found, as a sentence; what it was found by follows
SENTENCES: dict[Risk, str | Promise] = {
    Risk.SAME_IMAGE: _("The same screenshot belongs to another row:"),
    Risk.SAME_LINK: _("The same link was logged before:"),
    Risk.NEAR_IMAGE: _("The screenshot looks like that of another row:"),
    Risk.FOREIGN_DOMAIN: _("The link leads to a site that is not the platform's."),
    Risk.BURST: _("Many rows were logged within a very short time."),
    Risk.LARGE_COUNT: _("The count is far above a usual day of this person."),
}


def risk_words(value: int) -> str:
    """The risks in a row's mark, worst first: ``same screenshot, many rows at once``."""
    return ", ".join(str(RISKS[kind]) for kind in KINDS if value & kind)
