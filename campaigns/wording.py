"""What the codes of the referee mean to people."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.calculations.referee import Badge, Stain
from campaigns.models import BaselineMethodCode

Text = str | Promise

#: badge → word, tone, sentence
BADGES: Mapping[Badge, tuple[Text, str, Text]] = {
    "clear": (
        gettext_lazy("clear"),
        "good",
        gettext_lazy("The uplift is greater than anything the same rule finds on days without a campaign."),
    ),
    "noise": (
        gettext_lazy("inside the noise"),
        "warn",
        gettext_lazy("On days without a campaign the same rule finds as much; it may be chance."),
    ),
    "below": (
        gettext_lazy("below the noise"),
        "bad",
        gettext_lazy("The uplift is less than anything the same rule finds on days without a campaign."),
    ),
    "contaminated": (
        gettext_lazy("contaminated"),
        "bad",
        gettext_lazy(
            "Other campaigns, holidays or closed days lie where the rule looks for days to compare with."
        ),
    ),
    "unknown": (
        gettext_lazy("not known"),
        "",
        gettext_lazy("There is too little data to judge."),
    ),
}

STAINS: Mapping[Stain, Text] = {
    "campaign": gettext_lazy("another campaign"),
    "holiday": gettext_lazy("a statutory holiday"),
    "closed": gettext_lazy("the store was closed"),
}


def method_name(code: str) -> str:
    """A baseline method in words; empty = as the rules say."""
    if not code:
        return _("what the rules say for its type and scale")
    return str(dict(BaselineMethodCode.choices).get(code, code))
