"""The numbers that can be tried: empty fields leave what holds, which stands in them in grey.

Shares, rates and thresholds are typed as percentages and read as parts of one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms.boundfield import BoundField
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.calculations.month import CampaignResult
from core.templatetags.ui import money, number
from incentives.calculations.findings import effect
from incentives.calculations.month import PoolFacts, SchemeTerms
from incentives.calculations.what_if import AddedFinding, PoolChanges, SchemeChange, shares_sum
from opscenter.whatif.names import PoolNames

#: findings that can be added at once
ADDED = (1, 2, 3)
SHARES_WRONG = gettext_lazy("Shares and reserve sum to %(sum)s %%; they must sum to exactly 100 %%.")


def in_percent(share: Decimal) -> str:
    """0.15 → 15"""
    return number(share.scaleb(2), 2)


class NumberField(forms.DecimalField):
    """A number that may be left empty; ``now`` is shown in grey where nothing is typed."""

    def __init__(self, now: str, **options: Any) -> None:
        attributes = {"placeholder": now, "inputmode": "decimal", "autocomplete": "off"}
        widget = forms.TextInput(attrs=attributes)
        super().__init__(required=False, widget=widget, max_digits=14, **options)

    def to_python(self, value: Any) -> Any:
        text = value.strip().replace(",", "").replace("，", "") if isinstance(value, str) else value
        return super().to_python(text)


class PercentField(NumberField):
    """A percentage, two decimals at most; read as a part of one."""

    def __init__(self, now: Decimal, *, most: int = 100, **options: Any) -> None:
        super().__init__(in_percent(now), min_value=0, max_value=most, decimal_places=2, **options)

    def to_python(self, value: Any) -> Any:
        text = value.strip().removesuffix("%").removesuffix("％") if isinstance(value, str) else value
        return super().to_python(text)

    def clean(self, value: Any) -> Decimal | None:
        given: Decimal | None = super().clean(value)
        return None if given is None else given.scaleb(-2)


@dataclass(frozen=True)
class Group:
    """Fields that belong together on the page; ``opened`` when one of them is filled or wrong."""

    title: str
    note: str
    fields: list[BoundField]
    opened: bool
    icon: str


class TrialForm(forms.Form):
    """What both forms have in common."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="", auto_id="try-%s")
        self._groups: list[tuple[str, str, list[str], str]] = []

    def add_group(self, title: str, note: str, names: Sequence[str], icon: str) -> None:
        if names:
            self._groups.append((title, note, list(names), icon))

    @property
    def groups(self) -> list[Group]:
        found = []
        for title, note, names, icon in self._groups:
            filled = any(self.given(name) or name in self.errors for name in names)
            found.append(Group(title, note, [self[name] for name in names], filled, icon))
        return found

    def given(self, name: str) -> list[str]:
        """What was typed into a field, as text."""
        if not self.is_bound:
            return []
        data: Any = self.data
        return [text for text in data.getlist(name) if text.strip()]

    @property
    def anything(self) -> bool:
        return any(self.given(name) for name in self.fields)

    def query(self, fixed: Mapping[str, str]) -> str:
        """The address of what was typed: only fields that are filled."""
        pairs = [*fixed.items()]
        pairs += [(name, text) for name in self.fields for text in self.given(name)]
        return urlencode(pairs)


class PoolForm(TrialForm):
    """Rate, shares, reserve, targets and allotment of every scheme; uplifts, findings, readers."""

    def __init__(
        self, facts: PoolFacts, found: Sequence[CampaignResult], names: PoolNames, data: Any = None
    ) -> None:
        super().__init__(data)
        self.facts, self.found, self.names = facts, found, names
        self._add_uplifts()
        for terms in facts.schemes:
            self._add_scheme(terms)
        self._add_findings()
        self._add_readers()

    # --- what can be changed -------------------------------------------------------------------------

    def _add_scheme(self, terms: SchemeTerms) -> None:
        code = terms.code
        self.fields[f"rate:{code}"] = PercentField(terms.rate, label=_("Rate of the pool, %"))
        keys = [f"rate:{code}"]
        for role in terms.pool.ordered() if terms.pool else ():
            label = _("Share of %(role)s, %%") % {"role": self.names.roles.get(role.code, role.code)}
            self.fields[f"share:{code}:{role.code}"] = PercentField(role.share, label=label)
            keys.append(f"share:{code}:{role.code}")
        self.fields[f"reserve:{code}"] = PercentField(terms.reserve_share, label=_("Reserve, %"))
        whole = {"min_value": 0, "decimal_places": 0}
        for name, label, now in (
            ("activity", _("Readers wanted of an activity article"), terms.activity_reach),
            ("welfare", _("Readers wanted of a welfare article"), terms.welfare_reach),
        ):
            self.fields[f"{name}:{code}"] = NumberField(
                number(now), label=label, help_text=_("in the base year"), **whole
            )
        self.fields[f"fund:{code}"] = NumberField(
            money(terms.monthly_fund), label=_("Monthly allotment of the fund"), min_value=0, decimal_places=2
        )
        keys += [f"{name}:{code}" for name in ("reserve", "activity", "welfare", "fund")]
        title = self.names.schemes.get(code, code)
        self.add_group(title, _("Shares and reserve must sum to 100 %."), keys, "percent")

    def _add_uplifts(self) -> None:
        keys = []
        for one in self.found:
            if not one.facts.pays:
                continue
            code = one.uplift.campaign
            self.fields[f"uplift:{code}"] = NumberField(
                money(one.uplift.uplift), label=self.names.campaigns.get(code, code), decimal_places=2
            )
            keys.append(f"uplift:{code}")
        self.add_group(
            _("Uplift of the campaigns"), _("In yuan; below zero there is no pool."), keys, "trending-up"
        )

    def _add_findings(self) -> None:
        choices = [
            (one.id, self._finding_label(one)) for found in self.facts.findings.values() for one in found
        ]
        keys = []
        if choices:
            self.fields["without"] = forms.MultipleChoiceField(
                choices=choices,
                required=False,
                label=_("Leave out"),
                widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
            )
            keys.append("without")
        roles = [
            (f"{terms.code}:{role.code}", self._role_label(terms.code, role.code))
            for terms in self.facts.schemes
            for role in (terms.pool.ordered() if terms.pool else ())
        ]
        campaigns = [
            (one.uplift.campaign, self.names.campaigns.get(one.uplift.campaign, one.uplift.campaign))
            for one in self.found
            if one.facts.pays
        ]
        for place in ADDED if roles else ():
            label = {"place": place}
            self.fields[f"add{place}_role"] = forms.ChoiceField(
                choices=[("", "—"), *roles], required=False, label=_("Add finding %(place)s: role") % label
            )
            self.fields[f"add{place}_percent"] = PercentField(
                Decimal(0), label=_("takes, % of the coefficient")
            )
            self.fields[f"add{place}_campaign"] = forms.ChoiceField(
                choices=[("", _("whole month")), *campaigns], required=False, label=_("acts on")
            )
            keys += [f"add{place}_{name}" for name in ("role", "percent", "campaign")]
        self.add_group(
            _("Findings"), _("Confirmed findings of the month; leave some out or add others."), keys, "flag"
        )

    def _finding_label(self, one: Any) -> str:
        return _("%(day)s %(rule)s · %(role)s, takes %(part)s %%") % {
            "day": date_format(one.date, "SHORT_DATE_FORMAT"),
            "rule": self.names.rules.get(one.rule, one.rule),
            "role": self.names.roles.get(one.role, one.role),
            "part": number(effect(one) * 100, 2),
        }

    def _role_label(self, scheme: str, role: str) -> str:
        name = self.names.roles.get(role, role)
        if len(self.facts.schemes) < 2:
            return name
        return f"{self.names.schemes.get(scheme, scheme)} · {name}"

    def _add_readers(self) -> None:
        days = {terms.reach_days for terms in self.facts.schemes}
        keys = []
        for one in self.facts.articles:
            known = one.readers_after(min(days)) if days else one.readers
            self.fields[f"readers:{one.code}"] = NumberField(
                number(known),
                label=self.names.articles.get(one.code, one.code),
                min_value=0,
                decimal_places=0,
            )
            keys.append(f"readers:{one.code}")
        self.add_group(_("Readers of the articles"), _("Readers at the day of reading."), keys, "book-open")

    # --- what was typed --------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for terms in self.facts.schemes:
            change = self._change(terms, found)
            total = shares_sum(terms, change)
            if terms.pool is not None and total != 1:
                touched = [f"share:{terms.code}:{role}" for role in change.shares]
                if change.reserve_share is not None or not touched:
                    touched.append(f"reserve:{terms.code}")
                for name in touched:
                    self.add_error(name, SHARES_WRONG % {"sum": in_percent(total)})
        for place in ADDED:
            role, percent = found.get(f"add{place}_role"), found.get(f"add{place}_percent")
            if role and percent is None and f"add{place}_percent" not in self.errors:
                self.add_error(f"add{place}_percent", _("Say how much it takes."))
            if not role and percent is not None:
                self.add_error(f"add{place}_role", _("Say which role it is about."))
        return found

    @staticmethod
    def _change(terms: SchemeTerms, found: Mapping[str, Any]) -> SchemeChange:
        code = terms.code
        roles = [role.code for role in terms.pool.roles] if terms.pool else []
        shares = {role: found.get(f"share:{code}:{role}") for role in roles}
        whole = {name: found.get(f"{name}:{code}") for name in ("activity", "welfare")}
        return SchemeChange(
            rate=found.get(f"rate:{code}"),
            reserve_share=found.get(f"reserve:{code}"),
            shares={role: share for role, share in shares.items() if share is not None},
            activity_reach=None if whole["activity"] is None else int(whole["activity"]),
            welfare_reach=None if whole["welfare"] is None else int(whole["welfare"]),
            monthly_fund=found.get(f"fund:{code}"),
        )

    def changes(self) -> PoolChanges:
        """What is tried; only for a form that is valid, or one that was not filled."""
        found: dict[str, Any] = getattr(self, "cleaned_data", {})
        added = []
        for place in ADDED:
            scheme, _colon, role = (found.get(f"add{place}_role") or "").partition(":")
            percent = found.get(f"add{place}_percent")
            if role and percent is not None:
                added.append(AddedFinding(scheme, role, percent, found.get(f"add{place}_campaign") or ""))
        return PoolChanges(
            schemes={terms.code: self._change(terms, found) for terms in self.facts.schemes},
            uplifts=_typed(found, "uplift"),
            without=frozenset(found.get("without") or ()),
            added=tuple(added),
            readers={code: int(readers) for code, readers in _typed(found, "readers").items()},
        )


def _typed(found: Mapping[str, Any], what: str) -> dict[str, Decimal]:
    """Code → what was typed into the fields of one kind."""
    start = f"{what}:"
    return {
        name.removeprefix(start): value
        for name, value in found.items()
        if name.startswith(start) and value is not None
    }
