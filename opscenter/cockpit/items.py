"""What stands between a month and its lock: each thing with whose turn it is and where it is done.

``stops``: the lock is refused while it is so.  ``before``: possible until the lock, and never after it.
``note``: good to know; the month may be locked all the same.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.models import CampaignState
from incentives.models import FindingStatus
from kpi.models import AppealState
from kpi.models.schemes import PointState
from opscenter.cockpit.counts import CampaignOpen, Open, read_logs, read_scores
from opscenter.cockpit.duties import Duties, Owners
from opscenter.dashboards import wording
from opscenter.dashboards.scope import MonthScope
from opscenter.navigation import address

Text = str | Promise
STOPS, BEFORE, NOTE = "stops", "before", "note"
LEVELS: dict[str, Text] = {
    STOPS: gettext_lazy("stops the lock"),
    BEFORE: gettext_lazy("only before the lock"),
    NOTE: gettext_lazy("for your information"),
}
NAMES_SHOWN = 3


@dataclass(frozen=True)
class Item:
    """One thing to do: how much of it, whose turn it is, and the page on which it is done."""

    code: str
    level: str
    text: str
    detail: str
    owners: Owners
    url: str = ""
    label: str = ""

    @property
    def level_label(self) -> str:
        return str(LEVELS[self.level])


class Items:
    """The list of one month; reads what it needs and names who acts."""

    def __init__(
        self, scope: MonthScope, duties: Duties, counts: Open, campaigns: list[CampaignOpen]
    ) -> None:
        self.scope = scope
        self.duties = duties
        self.counts = counts
        self.campaigns = campaigns
        self.month = str(scope.month)
        self.days = {"first": scope.month.first.isoformat(), "last": scope.month.last.isoformat()}

    def all(self, pending: int, changed: int) -> list[Item]:
        """Sorted: what stops the lock first.  ``pending``: payments that wait for money in a fund;
        ``changed``: recorded changes of facts since the month was computed.
        """
        if not self.scope.provisional:
            return list(self._held())
        found = [
            *self._state(),
            *self._facts_changed(changed),
            *self._logs(),
            *self._scores(),
            *self._campaigns(),
            *self._findings(),
            *self._points(),
            *self._months_before(),
            *self._held(),
            *self._adjustments(),
            *self._manuscripts(),
            *self._pending(pending),
        ]
        order = list(LEVELS)
        return sorted(found, key=lambda item: order.index(item.level))

    def _item(
        self,
        code: str,
        level: str,
        text: str,
        act: str,
        *,
        detail: Text = "",
        unit: int | None = None,
        url: str = "",
        label: Text = "",
    ) -> Item:
        owners = self.duties.of(act, unit)
        return Item(code, level, text, str(detail), owners, url, str(label) if url else "")

    def _state(self) -> Iterator[Item]:
        if not self.scope.computed:
            yield self._item(
                "not_computed",
                STOPS,
                _("The month has not been computed"),
                "month.roll_up",
                detail=_("Facts, scores and campaigns are counted when somebody computes it."),
                url=address("month:show", self.scope.month) + f"?unit={self.scope.root.code}",
                label=_("Compute"),
            )

    def _facts_changed(self, changed: int) -> Iterator[Item]:
        if changed and self.scope.computed:
            yield self._item(
                "changed",
                NOTE,
                ngettext(
                    "%(count)s change was recorded since the month was computed",
                    "%(count)s changes were recorded since the month was computed",
                    changed,
                )
                % {"count": changed},
                "month.roll_up",
                detail=_("They may concern other months: the dry run says whether a figure moves."),
                url=address("cockpit:dry_run", self.scope.month) + f"?unit={self.scope.root.code}",
                label=_("Dry run"),
            )

    def _logs(self) -> Iterator[Item]:
        """Rows that nobody looked at count as valid; after the lock nobody can look any more."""
        by_unit = read_logs(self.scope)
        for unit, count in by_unit[:NAMES_SHOWN]:
            text = ngettext(
                "%(unit)s: %(count)s log row not verified",
                "%(unit)s: %(count)s log rows not verified",
                count,
            ) % {"count": count, "unit": self.scope.tree.names[unit]}
            yield self._item(
                "logs",
                BEFORE,
                text,
                "log.verify",
                unit=unit,
                detail=_("They count as they are until somebody rejects them."),
                url=self._own(
                    "log.verify", unit, "verification:queue", unit=self.scope.tree.codes[unit], **self.days
                ),
                label=_("Verify"),
            )
        rest = sum(count for _unit, count in by_unit[NAMES_SHOWN:])
        if rest:
            text = ngettext(
                "%(count)s more log row not verified in other units",
                "%(count)s more log rows not verified in other units",
                rest,
            ) % {"count": rest}
            url = self._own("log.verify", self.scope.root.pk, "verification:queue", **self.days)
            yield self._item("logs", BEFORE, text, "log.verify", url=url, label=_("Verify"))

    def _scores(self) -> Iterator[Item]:
        """What scores lack, by source and unit: ratings, metrics, bonus bases."""
        rows = read_scores(self.scope)
        ratings: dict[int, list[str]] = defaultdict(list)
        others: Counter[str] = Counter()
        for unit, name, codes in rows:
            if any(code.startswith("rating:") for code in codes):
                ratings[unit].append(name)
            others.update(code for code in codes if not code.startswith("rating:"))
        for unit, names in sorted(ratings.items(), key=lambda pair: -len(pair[1]))[:NAMES_SHOWN]:
            yield self._item(
                "ratings",
                BEFORE,
                ngettext(
                    "%(unit)s: %(count)s person without a rating",
                    "%(unit)s: %(count)s people without a rating",
                    len(names),
                )
                % {"count": len(names), "unit": self.scope.tree.names[unit]},
                "rating.enter",
                unit=unit,
                detail=_named(names),
                url=self._own("rating.enter", unit, "assessment:ratings", month=self.month),
                label=_("Rate"),
            )
        for code, count in others.most_common(NAMES_SHOWN):
            yield self._item(
                "scores",
                BEFORE,
                ngettext("%(count)s score is missing", "%(count)s scores are missing", count)
                % {"count": count},
                "rules.edit" if code in ("bonus_base", "proration") else "facts.import",
                detail=wording.lack(code),
                url=self._with("data:completeness", unit=self.scope.root.code, month=self.month),
                label=_("See what lacks"),
            )

    def _campaigns(self) -> Iterator[Item]:
        """Those that lack data, that nobody approved, that are not closed: a locked month takes no step."""
        missing = [one for one in self.campaigns if one.lacks and one.counts]
        drafts = [one for one in self.campaigns if not one.counts]
        running = [one for one in self.campaigns if one.counts and one.status != CampaignState.CLOSED]
        for one in missing[:NAMES_SHOWN]:
            yield self._item(
                "campaign_missing",
                BEFORE,
                _("%(name)s is not settled") % {"name": one.name},
                "facts.import",
                unit=one.unit,
                detail="; ".join(wording.lacks(one.lacks)),
                url=address("month:campaign", self.scope.month, one.code),
                label=_("See what lacks"),
            )
        for one in drafts[:NAMES_SHOWN]:
            yield self._item(
                "campaign_draft",
                BEFORE,
                _("%(name)s is not approved and does not count") % {"name": one.name},
                "campaign.approve" if one.status == CampaignState.SUBMITTED else "campaign.plan",
                unit=one.unit,
                url=address("campaigns:show", one.code),
                label=_("Open"),
            )
        for one in running[:NAMES_SHOWN]:
            detail = _("A locked month takes no step any more.")
            if not one.summary:
                detail = _("The written summary is missing.") + " " + detail
            yield self._item(
                "campaign_open",
                BEFORE,
                _("%(name)s is not closed") % {"name": one.name},
                "campaign.approve" if one.status == CampaignState.REVIEWED else "campaign.plan",
                unit=one.unit,
                detail=detail,
                url=address("campaigns:show", one.code),
                label=_("Close it"),
            )
        rest = sum(max(0, len(some) - NAMES_SHOWN) for some in (missing, drafts, running))
        if rest:
            text = ngettext(
                "%(count)s more campaign needs something",
                "%(count)s more campaigns need something",
                rest,
            ) % {"count": rest}
            url = self._with("campaigns:list")
            yield self._item("campaigns", BEFORE, text, "campaign.plan", url=url, label=_("Campaigns"))

    def _findings(self) -> Iterator[Item]:
        count = self.counts.findings
        if count:
            yield self._item(
                "findings",
                BEFORE,
                ngettext(
                    "%(count)s finding waits to be confirmed",
                    "%(count)s findings wait to be confirmed",
                    count,
                )
                % {"count": count},
                "finding.confirm",
                detail=_("Only confirmed findings take something off."),
                url=self._with("findings:list", status=FindingStatus.PROPOSED.value),
                label=_("Confirm"),
            )

    def _points(self) -> Iterator[Item]:
        count = self.counts.points
        if count:
            yield self._item(
                "points",
                BEFORE,
                ngettext(
                    "%(count)s proposal of points waits for approval",
                    "%(count)s proposals of points wait for approval",
                    count,
                )
                % {"count": count},
                "points.approve",
                url=self._with("assessment:points", state=PointState.PROPOSED.value),
                label=_("Decide"),
            )

    def _months_before(self) -> Iterator[Item]:
        if self.counts.not_closed:
            first = self.counts.not_closed_before
            yield self._item(
                "months_before",
                NOTE,
                ngettext(
                    "%(count)s month before is not closed, since %(month)s",
                    "%(count)s months before are not closed, since %(month)s",
                    self.counts.not_closed,
                )
                % {"count": self.counts.not_closed, "month": f"{first:%Y-%m}"},
                "month.lock",
                detail=_("Its funds hand on their balance to this month."),
                url=address("cockpit:show", f"{first:%Y-%m}") + f"?unit={self.scope.root.code}",
                label=_("Open"),
            )

    def _held(self) -> Iterator[Item]:
        count = self.counts.appeals
        if count:
            yield self._item(
                "appeals",
                NOTE,
                ngettext(
                    "%(count)s objection waits for an answer",
                    "%(count)s objections wait for an answer",
                    count,
                )
                % {"count": count},
                "rating.enter",
                detail=_("Only the lines they are about are not paid until then."),
                url=self._with("assessment:appeals", state=AppealState.OPEN.value),
                label=_("Answer"),
            )

    def _adjustments(self) -> Iterator[Item]:
        count = self.counts.adjustments
        if count:
            yield self._item(
                "adjustments",
                NOTE,
                ngettext(
                    "%(count)s adjustment waits for approval",
                    "%(count)s adjustments wait for approval",
                    count,
                )
                % {"count": count},
                "adjustment.approve",
                detail=_("What is not approved moves to the next month at the lock."),
                url=self._with("payments:adjustments", paid=self.month, state="waiting"),
                label=_("Open"),
            )

    def _manuscripts(self) -> Iterator[Item]:
        count = self.counts.accepted
        if count:
            yield self._item(
                "manuscripts",
                NOTE,
                ngettext(
                    "%(count)s accepted manuscript is not published",
                    "%(count)s accepted manuscripts are not published",
                    count,
                )
                % {"count": count},
                "manuscript.accept",
                detail=_("The fee is booked in the month of publishing."),
                url=address("manuscripts:list"),
                label=_("Manuscripts"),
            )

    def _pending(self, pending: int) -> Iterator[Item]:
        if pending:
            yield self._item(
                "overdraft",
                NOTE,
                ngettext(
                    "%(count)s payment waits because the fund is empty",
                    "%(count)s payments wait because the fund is empty",
                    pending,
                )
                % {"count": pending},
                "fund.enter",
                detail=_("It is paid first when money comes in; no fund falls below zero."),
                url=address("funds:index"),
                label=_("Funds"),
            )

    def _own(self, act: str, where: int, route: str, /, **query: str) -> str:
        """The page where it is done, for those who may do it there; others read whose turn it is."""
        return self._with(route, **query) if self.scope.reach.allows(act, where) else ""

    @staticmethod
    def _with(route: str, /, **query: str) -> str:
        url = address(route)
        return f"{url}?{urlencode(query)}" if url and query else url


def _named(names: list[str]) -> str:
    shown = "、".join(names[:NAMES_SHOWN])
    if len(names) > NAMES_SHOWN:
        return _("%(names)s and %(more)s more") % {"names": shown, "more": len(names) - NAMES_SHOWN}
    return shown
