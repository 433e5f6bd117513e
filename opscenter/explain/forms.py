"""Which two settlements are set side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.months import Month

NOW = "now"


@dataclass(frozen=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True)
class Compared:
    """``before`` and ``after``; without ``after`` the month is compared with what its facts give now."""

    before: Month
    after: Month | None

    @property
    def with_now(self) -> bool:
        return self.after is None

    @property
    def later(self) -> Month:
        """The month that links of the page lead to."""
        return self.before if self.after is None else self.after

    @property
    def before_text(self) -> str:
        return str(self.before)

    @property
    def after_text(self) -> str:
        return "" if self.after is None else str(self.after)


def month_choices(months: Sequence[Month]) -> list[Choice]:
    """The computed months, latest first."""
    return [Choice(str(one), date_format(one.first, "YEAR_MONTH_FORMAT")) for one in sorted(months)[::-1]]


def compared(months: Sequence[Month], first: str, second: str) -> Compared | None:
    """What was asked for; by default the last two computed months, or the only one and now.

    ``None`` when nothing is computed.  Text that names no computed month counts as not given.
    """
    known = {str(one): one for one in months}
    if not known:
        return None
    ordered = sorted(months)
    after = known.get(second)
    if second == NOW:
        return Compared(known.get(first, ordered[-1]), None)
    before = known.get(first)
    if after is None and before is None:
        if len(ordered) < 2:
            return Compared(ordered[-1], None)
        return Compared(ordered[-2], ordered[-1])
    if before is None:
        earlier = [one for one in ordered if after is not None and one < after]
        return Compared(earlier[-1] if earlier else ordered[0], after)
    return Compared(before, after if after is not None else ordered[-1])


def query(unit: str, wanted: Compared) -> str:
    """The address that names the two."""
    return urlencode({"unit": unit, "before": wanted.before_text, "after": wanted.after_text or NOW})


def now_choice() -> Choice:
    return Choice(NOW, _("the same month from its facts now"))
