"""Rules in plain words: one sentence a version, as people who are bound by it read it."""

from typing import Any

from django.utils.translation import gettext as _

from core.money import fraction
from core.templatetags import ui
from kpi.calculations.schemes import parse_bands, parse_source
from opscenter.dashboards.explain_people import rule_words
from opscenter.rules.versions import Cells, Names, Version


def words(version: Version, called: Names) -> str:
    """What a version says, in one sentence."""
    row = version.row
    if version.kind.name == "quota_rules":
        return rule_words(row)
    if version.kind.name == "schemes":
        return _("paid %(how)s; grades %(grades)s") % {
            "how": row.get_pay_mode_display(),
            "grades": grades(row.bands),
        }
    if version.kind.name == "pool_schemes":
        return _("%(rate)s of the uplift, of which %(reserve)s goes to the reserve") % {
            "rate": ui.percent(row.rate),
            "reserve": ui.percent(row.reserve_share),
        }
    if version.kind.name == "baseline_methods":
        return _("%(method)s, %(days)s days") % {"method": row.get_method_display(), "days": row.n}
    return _(
        "log until day %(log)s, rate until day %(rate)s, review until day %(review)s of the next month"
    ) % {
        "log": row.entry_close_day,
        "rate": row.manager_due,
        "review": row.review_due,
    }


def grades(text: str) -> str:
    """``A ≥ 90 × 1.20, B ≥ 80 × 1.00``; what cannot be read is shown as it is."""
    try:
        bands = parse_bands(text)
    except ValueError:
        return text
    return _(", ").join(
        f"{band.grade} ≥ {ui.number(band.bound)} × {ui.number(band.coefficient)}" for band in bands
    )


def where(version: Version, called: Names) -> str:
    """The activities and platforms of a quota rule."""
    row = version.row
    activities = [called.of("activities", code) for code in row.activities]
    platforms = [called.of("platforms", code) for code in row.platforms]
    return f"{_(', ').join(activities)} · {_(', ').join(platforms)}"


def item_source(item: Cells, rules: dict[str, str]) -> str:
    """Where an assessment item takes its figure from.  ``rules``: quota rule code → name."""
    try:
        source = parse_source(str(item["source"]))
    except ValueError:
        return str(item["source"])
    if source.kind == "rating":
        return _("rated by your manager")
    if source.kind == "metric":
        return _("the metric %(code)s") % {"code": source.codes[0]}
    if source.codes == ("*",):
        return _("all quota rules")
    return _("the quota %(names)s") % {"names": " + ".join(rules.get(code, code) for code in source.codes)}


def deduction(rule: Cells) -> str:
    """What a lapse costs: ``0.10 per case``, ``all``."""
    from incentives.models import FindingMode, FindingScope

    scope = FindingScope(rule["scope"]).label
    mode = str(rule["mode"])
    if mode == FindingMode.PER_CASE:
        taken: Any = _("%(value)s of the share per case") % {"value": ui.number(rule["value"])}
    elif mode == FindingMode.SHARE:
        taken = _("1/%(value)s of the share per case") % {"value": ui.number(rule["value"])}
    elif mode == FindingMode.PERCENT:
        taken = _("a percentage of the share, given with the finding")
    else:
        taken = _("the whole share")
    return _("%(taken)s; acts on %(scope)s") % {"taken": taken, "scope": scope}


def total_share(parts: list[Cells], reserve: Any) -> str:
    """``0.80 + 0.20 = 1``: the shares and the reserve of an incentive scheme.  Rule: HT-08."""
    shares = sum((fraction(part["share"]) for part in parts if part.get("share") is not None), fraction(0))
    whole = shares + fraction(reserve)
    return f"{ui.number(shares)} + {ui.number(reserve)} = {ui.number(whole)}"
