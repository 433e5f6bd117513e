"""The parts of the pages of units, people and documents that tell about rules, accounts and months."""

from datetime import date

from django.urls import reverse
from django.utils import timezone

from core.models import User
from core.months import Month
from departments.models import Document, Staff, Unit
from departments.panels import Panel, document_panels, person_panels, unit_panels
from departments.selectors import unit_tree
from kpi.models import Account
from opscenter.dashboards.scope import latest_month
from opscenter.rules.holders import latest_pools, month_versions, roles_held
from opscenter.rules.kinds import KINDS
from opscenter.rules.pages import rivals, rules_of_document
from opscenter.rules.versions import Names, readable_units, rule_list, versions
from opscenter.rules.wording import words


def unit_rules(user: User, unit: Unit, on: date) -> Panel | None:
    """The rules that hold in the unit: its own and those of the units above.  Rule: YJ-03."""
    tree = unit_tree(on)
    readable = readable_units(user, tree)
    path = tree.path(unit.pk)
    if readable is not None and unit.pk not in readable:
        return None
    lines = [
        (rule, words(rule.held, Names({})), rule.unit.pk != unit.pk)
        for rule in rule_list(user, tree, on)
        if rule.held is not None and rule.unit.pk in path
    ]
    return Panel("rules/_of_unit.html", {"lines": lines, "unit": unit}) if lines else None


def document_rules(user: User, rows: list[Document]) -> Panel | None:
    """The rules that come from a document, and where another document sets the same.  Rule: YJ-01, YJ-02."""
    on = timezone.localdate()
    tree = unit_tree(on)
    stored = versions(KINDS["quota_rules"])
    lines = [
        (rule, words(rule.shown, Names({})), rivals(rule, stored, tree, on))
        for rule in rules_of_document(user, [row.pk for row in rows], tree, on)
    ]
    return Panel("rules/_of_document.html", {"lines": lines, "document": rows[0]})


def person_accounts(user: User, staff: Staff) -> Panel | None:
    """The person's accounts, roles in incentive schemes, and the way to their month."""
    month = Month.of(timezone.localdate())
    accounts = list(
        Account.objects.visible_to(user)
        .filter(staff=staff)
        .select_related("platform")
        .order_by("platform__name")
    )
    latest = latest_month(user)
    roles = []
    held = roles_held(month, staff_ids=[staff.pk]).get(staff.pk, [])
    if held:
        pools = latest_pools(
            month_versions(staff.root_id, month, unit_tree(month.last))["pool_schemes"], month
        )
        for code, role in held:
            if code in pools:
                rows = {cells["role"]: cells for cells in pools[code].parts["pool_roles"]}
                roles.append((pools[code].name, rows.get(role, {}).get("name") or role))
    url = (
        reverse("month:person", args=[latest, staff.staff_no]) if latest and "/" not in staff.staff_no else ""
    )
    return Panel(
        "rules/_of_person.html",
        {"accounts": accounts, "month": latest, "month_url": url, "roles": roles},
    )


def register_panels() -> None:
    unit_panels.register("rules", unit_rules)
    document_panels.register("rules", document_rules)
    person_panels.register("accounts", person_accounts)
