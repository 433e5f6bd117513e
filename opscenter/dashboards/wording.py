"""What the codes of the result tables mean, in one place: lacks, reasons, methods, movements.

Codes are stable and stand in results; the sentences are for people and speak the reader's language.
"""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaigns import wording as campaigns_wording

Text = str | Promise

#: Why a figure is not settled, and what to do about it.
LACKS: dict[str, Text] = {
    "few_baseline_days": gettext_lazy(
        "too few days to compare with; give fixed baseline dates, or let it not pay"
    ),
    "no_activity_data": gettext_lazy("no store figures on the days of the campaign; import the store-days"),
    "no_last_year": gettext_lazy("no figures of last year's dates; import them or give fixed baseline dates"),
    "no_member_day": gettext_lazy("the date is no member day; add it to the member days or change the type"),
    "no_stores": gettext_lazy("none of its stores was open; check the stores of the campaign"),
    "activity_article": gettext_lazy("no activity article in the month; add the article"),
    "readers": gettext_lazy("an article without readers; enter how many read it"),
    "pool_scheme": gettext_lazy(
        "no incentive scheme holds for its unit; add one, or let the campaign not pay"
    ),
    "pool_roles": gettext_lazy("the incentive scheme has no roles; add them"),
    "bonus_base": gettext_lazy("the person has no bonus base; enter it in the staff record"),
    "proration": gettext_lazy("the working days of the person are not known; check the dates of service"),
}

#: Why a day or a store is left out of the comparison of a campaign.
DAY_REASONS = campaigns_wording.DAY_REASONS
STORE_REASONS = campaigns_wording.STORE_REASONS

#: Why a quota rule does not apply to a person.
RULE_REASONS: dict[str, Text] = {
    "platforms_closed": gettext_lazy("all platforms of the rule were closed in the month"),
    "on_leave": gettext_lazy("not in service on any day of the month"),
    "no_target": gettext_lazy("nothing is owed in the month"),
}

METHODS: dict[str, Text] = {
    "prev_weekends_same_weekday": gettext_lazy("mean of the same weekday of the weekends before"),
    "same_member_day_prev_months": gettext_lazy("mean of the same member day of the months before"),
    "nearest_ordinary_days": gettext_lazy("mean of the nearest ordinary days of the same type"),
    "last_year_same_dates": gettext_lazy("the same dates of last year"),
    "fixed_dates": gettext_lazy("mean of the dates fixed before the campaign"),
}

METHOD_SOURCES: dict[str, Text] = {
    "campaign": gettext_lazy("chosen for this campaign"),
    "row": gettext_lazy("by the rules for this type and scale"),
    "default": gettext_lazy("by default, as no rule names this type and scale"),
    "approval": gettext_lazy("fixed when it was approved; the rules have changed since"),
}

MOVEMENTS: dict[str, Text] = {
    "monthly_fund": gettext_lazy("monthly allotment"),
    "pool": gettext_lazy("from the pool of a campaign"),
    "account_fee": gettext_lazy("account fee of the year"),
    "fee": gettext_lazy("manuscript fee"),
    "spend": gettext_lazy("spending"),
    "release": gettext_lazy("release"),
}

ACCOUNTS: dict[str, Text] = {
    "company": gettext_lazy("company"),
    "maintenance": gettext_lazy("maintenance fund"),
    "reserve": gettext_lazy("reserve"),
    "withheld": gettext_lazy("withheld"),
    "pool": gettext_lazy("pool"),
    "payable": gettext_lazy("payee"),
}

ARTICLE_KINDS: dict[str, Text] = {
    "activity": pgettext_lazy("article", "activity"),
    "welfare": pgettext_lazy("article", "welfare"),
}

COMBINATIONS: dict[str, Text] = {
    "max": gettext_lazy("the larger of the kinds counts"),
    "sum": gettext_lazy("the kinds are added, at most 1"),
}

SCOPES: dict[str, Text] = {
    "campaign": gettext_lazy("acts on this campaign"),
    "month": gettext_lazy("acts on all pools of the month"),
    "year": gettext_lazy("of last year, acts on every month of this year"),
}

STATE_MEANINGS: dict[str, Text] = {
    "open": gettext_lazy("Facts are still coming in; nothing has been computed."),
    "computed": gettext_lazy("Every figure is there; somebody has to look at them."),
    "reviewed": gettext_lazy("Somebody looked at every figure; people have not seen them yet."),
    "published": gettext_lazy("People see their own result and may object to it."),
    "approved": gettext_lazy("A second person agreed; the month can be locked."),
    "locked": gettext_lazy("Facts and results are frozen for good; the money can leave."),
    "paid": gettext_lazy("The money has left."),
}


def named(words: Mapping[str, Text], code: str) -> str:
    """The words for a code; a code without words of its own is shown as it is."""
    return str(words.get(code, code))


def lack(code: str, names: Mapping[str, str] | None = None) -> str:
    """What lacks, as a sentence.  ``names``: metric and item codes → what people call them."""
    source, found, name = code.partition(":")
    called = (names or {}).get(name, name)
    if found and source == "metric":
        return _("the figure of the metric “%(name)s”") % {"name": called}
    if found and source == "rating":
        return _("the manager's rating of “%(name)s”") % {"name": called}
    return named(LACKS, code)


def lacks(codes: Iterable[str], names: Mapping[str, str] | None = None) -> list[str]:
    return [lack(code, names) for code in codes]
