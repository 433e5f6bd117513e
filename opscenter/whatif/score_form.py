"""The numbers of quotas and schemes that can be tried."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from core.templatetags.ui import money, number
from incentives.calculations.score_trial import AssessmentChange, ScoreChanges
from kpi.calculations.month import SchemeVersion
from kpi.calculations.schemes import Band, band_problems, parse_bands
from opscenter.whatif.facts import Measures
from opscenter.whatif.forms import NumberField, PercentField, TrialForm
from opscenter.whatif.names import ScoreNames


def bands_text(bands: tuple[Band, ...]) -> str:
    """As they are typed: A:90:1.20,B:80:1.00."""
    return ",".join(f"{band.grade}:{band.bound}:{band.coefficient}" for band in bands)


class ScoreForm(TrialForm):
    """Amounts of the quota rules; caps, thresholds, weights and grades of the schemes."""

    def __init__(self, found: Measures, names: ScoreNames, data: Any = None) -> None:
        super().__init__(data)
        self.found, self.names = found, names
        self._add_quotas()
        for version in found.schemes:
            self._add_scheme(version)

    def _add_quotas(self) -> None:
        keys = []
        for version in self.found.rules:
            rule = version.rule
            self.fields[f"amount:{rule.key}"] = NumberField(
                number(rule.amount),
                label=self.names.rules.get(rule.key, rule.code),
                help_text=rule.code,
                min_value=0,
                decimal_places=4,
            )
            keys.append(f"amount:{rule.key}")
        self.add_group(_("Quotas"), _("The amount of each rule for its period."), keys, "target")

    def _add_scheme(self, version: SchemeVersion) -> None:
        key, scheme = version.key, version.scheme
        self.fields[f"cap:{key}"] = PercentField(scheme.cap, most=10_000, label=_("Cap of a rate, %"))
        self.fields[f"threshold:{key}"] = PercentField(scheme.threshold, label=_("Threshold, %"))
        keys = [f"cap:{key}", f"threshold:{key}"]
        for item in scheme.items:
            label = _("Weight of %(item)s") % {"item": self.names.items.get((key, item.code), item.code)}
            self.fields[f"weight:{key}:{item.code}"] = NumberField(
                money(item.weight), label=label, min_value=0, max_value=100, decimal_places=2
            )
            keys.append(f"weight:{key}:{item.code}")
        self.fields[f"bands:{key}"] = forms.CharField(
            required=False,
            max_length=300,
            label=_("Grades"),
            help_text=_("grade:from:coefficient, highest first, down to 0"),
            widget=forms.TextInput(attrs={"placeholder": bands_text(scheme.bands), "autocomplete": "off"}),
        )
        keys.append(f"bands:{key}")
        title = self.names.schemes.get(key, scheme.code)
        self.add_group(title, _("The weights must sum to 100."), keys, "star")

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for version in self.found.schemes:
            key, scheme = version.key, version.scheme
            weights = self._weights(version, found)
            total = sum((weights.get(item.code, item.weight) for item in scheme.items), Decimal(0))
            if weights and total != 100:
                for code in weights:
                    self.add_error(
                        f"weight:{key}:{code}",
                        _("The weights sum to %(sum)s; they must sum to exactly 100.")
                        % {"sum": number(total)},
                    )
            cap = scheme.cap if found.get(f"cap:{key}") is None else found[f"cap:{key}"]
            threshold = (
                scheme.threshold if found.get(f"threshold:{key}") is None else found[f"threshold:{key}"]
            )
            if cap <= 0 or threshold > cap:
                name = "cap" if found.get(f"cap:{key}") is not None else "threshold"
                self.add_error(f"{name}:{key}", _("The cap must be above zero and not below the threshold."))
            if text := found.get(f"bands:{key}"):
                found[f"bands:{key}"] = self._bands(f"bands:{key}", text)
        return found

    def _bands(self, name: str, text: str) -> tuple[Band, ...] | None:
        try:
            bands = tuple(sorted(parse_bands(text), key=lambda band: -band.bound))
        except ValueError:
            bands = ()
        if band_problems(bands):
            self.add_error(
                name,
                _("Write the grades as A:90:1.20,B:80:1.00,C:60:0.80,D:0:0.50: falling bounds down to 0."),
            )
            return None
        return bands

    @staticmethod
    def _weights(version: SchemeVersion, found: dict[str, Any]) -> dict[str, Decimal]:
        given = {item.code: found.get(f"weight:{version.key}:{item.code}") for item in version.scheme.items}
        return {code: weight for code, weight in given.items() if weight is not None}

    def changes(self) -> ScoreChanges:
        """What is tried; only for a form that is valid."""
        found = self.cleaned_data
        return ScoreChanges(
            amounts={
                version.rule.key: amount
                for version in self.found.rules
                if (amount := found.get(f"amount:{version.rule.key}")) is not None
            },
            schemes={
                version.key: AssessmentChange(
                    cap=found.get(f"cap:{version.key}"),
                    threshold=found.get(f"threshold:{version.key}"),
                    bands=found.get(f"bands:{version.key}") or None,
                    weights=self._weights(version, found),
                )
                for version in self.found.schemes
            },
        )
