"""What the codes of the referee mean to people."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

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

#: Why a day is not compared with, or does not count.
DAY_REASONS: Mapping[str, Text] = {
    "closed": pgettext_lazy("store", "store closed"),
    "no_data": gettext_lazy("no figures"),
    "campaign": gettext_lazy("another campaign ran in the store"),
    "other_campaign": gettext_lazy("counts for another campaign"),
    "holiday": gettext_lazy("statutory holiday"),
    "working_day": gettext_lazy("working day"),
    "member_day": gettext_lazy("member day"),
    "make_up_day": gettext_lazy("make-up working day"),
    "other_day_type": gettext_lazy("another type of day (working day or day off)"),
    "no_member_day": gettext_lazy("no such member day in the month"),
}

#: Why a store is left out of a campaign.
STORE_REASONS: Mapping[str, Text] = {
    "no_activity_data": gettext_lazy("closed or without figures on all days of the campaign"),
    "few_baseline_days": gettext_lazy("too few days to compare with"),
    "no_last_year": gettext_lazy("no figures on the same dates of last year"),
    "no_member_day": gettext_lazy("the date is no member day of the store"),
}


def method_name(code: str) -> str:
    """A baseline method in words; empty = as the rules say."""
    if not code:
        return _("what the rules say for its type and scale")
    return str(dict(BaselineMethodCode.choices).get(code, code))
