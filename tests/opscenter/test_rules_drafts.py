"""A new version of a rule: drafted, compared, submitted, activated by somebody else; nothing used changes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.interchange.importer import import_sheets
from core.models import AuditEvent
from core.spreadsheets.reader import Sheet, sheet_of_rows
from departments.models import DraftState, Period, RuleDraft
from incentives.models import PoolRole, PoolScheme
from kpi.models import AssessmentScheme, QuotaRule, SchemeItem
from opscenter.rules import services
from opscenter.rules.kinds import KINDS
from opscenter.rules.sheets import Rows, digest_of, rows_of
from opscenter.rules.versions import versions

TODAY = date(2024, 5, 15)
NEXT = "2024-06-01"


def sheet(name: str, *rows: dict[str, Any]) -> Sheet:
    """Rows as a sheet of an import."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [tuple(columns), *(tuple(row.get(column) for column in columns) for row in rows)]
    return sheet_of_rows(name, iter(list(enumerate(lines, 1))))


def version_rows(kind: str, code: str, **cells: str) -> Rows:
    """The latest version of a rule as the rows of a draft from 1 June, with other cells."""
    found = [version for version in versions(KINDS[kind], parts=True) if version.code == code]
    rows = rows_of(found[-1])
    rows[kind][0] |= {"valid_from": NEXT, **cells}
    return rows


def posted(kind: str, rows: Rows) -> dict[str, Any]:
    """What a browser sends for the form of these rows."""
    data: dict[str, Any] = {}
    for name, cell in rows[kind][0].items():
        data[f"f-{name}"] = cell.split(",") if name == "platforms" else cell
    for part in KINDS[kind].parts:
        data[f"{part}-count"] = str(len(rows[part]) + 3)
        for place, cells in enumerate(rows[part]):
            data |= {f"{part}-{place}-{name}": cell for name, cell in cells.items()}
    return data


def submitted(people: Any, kind: str, rows: Rows, author: str = "manager") -> RuleDraft:
    draft = services.draft_create(actor=people.user(author), kind=KINDS[kind], rows=rows)
    return services.draft_submit(actor=people.user(author), pk=draft.pk)


def activate(people: Any, draft: RuleDraft, who: str = "director", **changes: Any) -> RuleDraft:
    given = {"reason": "新季度", "digest": digest_of(draft.rows), **changes}
    return services.draft_activate(actor=people.user(who), pk=draft.pk, **given)


def lock(people: Any, month: str) -> None:
    found = Period.objects.filter(root=people.root, month=date.fromisoformat(month))
    if not found.update(state="locked"):
        Period.objects.create(root=people.root, month=date.fromisoformat(month), state="locked")


# --- the whole way through the pages ------------------------------------------------------------------


def test_version_is_drafted_compared_submitted_and_activated_by_somebody_else(people: Any) -> None:
    manager, director = people.client("manager"), people.client("director")
    address = "/rules/drafts/new/?kind=quota_rules&code=co-a:q-post"
    assert 'value="2024-06-01"' in manager.get(address).content.decode()
    rows = version_rows("quota_rules", "co-a:q-post", amount="150")
    answer = manager.post(address, posted("quota_rules", rows))
    draft = RuleDraft.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/rules/drafts/{draft.pk}/compare/")
    assert (draft.state, draft.base, draft.valid_from) == ("draft", date(2024, 1, 1), date(2024, 6, 1))
    page = manager.get(f"/rules/drafts/{draft.pk}/compare/").content.decode()
    assert "<del>100</del>" in page
    assert "<ins>150</ins>" in page
    assert f"/rules/drafts/{draft.pk}/submit/" in page
    assert f"/rules/drafts/{draft.pk}/activate/" not in page
    manager.post(f"/rules/drafts/{draft.pk}/submit/")
    page = director.get(f"/rules/drafts/{draft.pk}/compare/").content.decode()
    assert f"/rules/drafts/{draft.pk}/activate/" in page
    answer = director.post(
        f"/rules/drafts/{draft.pk}/activate/", {"reason": "淡季过了", "digest": digest_of(draft.rows)}
    )
    assert answer["Location"] == "/rules/quota_rules/co-a:q-post/"
    amounts = dict(QuotaRule.objects.filter(code="q-post").values_list("valid_from", "amount"))
    assert amounts == {date(2024, 1, 1): Decimal(100), date(2024, 6, 1): Decimal(150)}
    draft = RuleDraft.objects.get(pk=draft.pk)
    assert (draft.state, draft.approver, draft.reason) == ("active", people.user("director"), "淡季过了")
    acts = list(
        AuditEvent.objects.filter(action__startswith="rule.").order_by("pk").values_list("action", flat=True)
    )
    assert acts == ["rule.drafted", "rule.submitted", "rule.activated"]


def test_wrong_cells_are_told_beside_them_and_nothing_is_saved(people: Any) -> None:
    rows = version_rows("schemes", "s-main")
    rows["scheme_items"][0]["weight"] = "60"
    rows["scheme_items"][1]["source"] = "nonsense"
    answer = people.client("manager").post(
        "/rules/drafts/new/?kind=schemes&code=s-main",
        posted("schemes", rows),
        headers={"accept-language": "en"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "must sum to exactly 100.00" in page
    assert "Write the source as quota:CODE" in page
    assert 'value="nonsense"' in page
    assert not RuleDraft.objects.exists()


def test_rows_are_added_and_taken_out(people: Any) -> None:
    rows = version_rows("schemes", "s-main")
    data = posted("schemes", rows)
    data |= {"scheme_items-1-weight": "10", "scheme_items-2-drop": "on"}
    data |= {
        "scheme_items-4-code": "i-new",
        "scheme_items-4-name": "创新",
        "scheme_items-4-weight": "20",
        "scheme_items-4-source": "rating",
        "scheme_items-4-method": "manual",
    }
    assert people.client("hr").post("/rules/drafts/new/?kind=schemes&code=s-main", data).status_code == 302
    draft = RuleDraft.objects.get()
    assert [(cells["code"], cells["weight"]) for cells in draft.rows["scheme_items"]] == [
        ("i-quota", "70"),
        ("i-attitude", "10"),
        ("i-new", "20"),
    ]
    draft = services.draft_submit(actor=people.user("hr"), pk=draft.pk)
    activate(people, draft)
    new = AssessmentScheme.objects.get(code="s-main", valid_from=date(2024, 6, 1))
    assert set(SchemeItem.objects.filter(scheme=new).values_list("code", flat=True)) == {
        "i-quota",
        "i-attitude",
        "i-new",
    }
    assert SchemeItem.objects.filter(scheme__code="s-main", scheme__valid_from="2024-01-01").count() == 3


@pytest.mark.clause("HT-08")
def test_shares_that_do_not_total_one_cannot_be_activated(people: Any) -> None:
    rows = version_rows("pool_schemes", "ps-1")
    rows["pool_roles"][0]["share"] = "0.4999"
    before = PoolRole.objects.count()
    answer = people.client("manager").post(
        "/rules/drafts/new/?kind=pool_schemes&code=ps-1", posted("pool_schemes", rows)
    )
    assert answer.status_code == 422
    with pytest.raises(services.Rejected) as refused:
        services.draft_create(actor=people.user("manager"), kind=KINDS["pool_schemes"], rows=rows)
    assert [(problem.table, problem.column) for problem in refused.value.problems] == [
        ("pool_roles", "share")
    ]
    # Nor when the draft was made wrong behind the form's back.
    rows = version_rows("pool_schemes", "ps-1")
    draft = submitted(people, "pool_schemes", rows)
    rows["pool_roles"][0]["share"] = "0.4999"
    RuleDraft.objects.filter(pk=draft.pk).update(rows=rows)
    draft = RuleDraft.objects.get(pk=draft.pk)
    with pytest.raises(services.Rejected):
        activate(people, draft)
    assert PoolScheme.objects.count() == 1
    assert PoolRole.objects.count() == before
    page = people.client("manager").get("/rules/pool_schemes/ps-1/").content.decode()
    assert "0.8 + 0.2 = 1" in page


@pytest.mark.clause("HT-28")
def test_baseline_method_has_versions_by_date(people: Any) -> None:
    rows: Rows = {
        "baseline_methods": [
            {
                "unit": "co",
                "type": "weekend",
                "scale": "large",
                "valid_from": "2024-06-01",
                "method": "last_year_same_dates",
                "n": "1",
                "align": "weekday",
                "clause": "附件二",
            }
        ]
    }
    draft = submitted(people, "baseline_methods", rows)
    activate(people, draft)
    later = version_rows("baseline_methods", "co:weekend:large", valid_from="2024-07-01", n="4")
    later["baseline_methods"][0]["method"] = "prev_weekends_same_weekday"
    activate(people, submitted(people, "baseline_methods", later))
    found = [version.cells for version in versions(KINDS["baseline_methods"])]
    assert [(str(cells["valid_from"]), cells["method"], cells["n"]) for cells in found] == [
        ("2024-06-01", "last_year_same_dates", 1),
        ("2024-07-01", "prev_weekends_same_weekday", 4),
    ]


# --- two people ---------------------------------------------------------------------------------------


def test_nobody_activates_their_own_draft(people: Any) -> None:
    draft = submitted(people, "quota_rules", version_rows("quota_rules", "co-a:q-post", amount="150"))
    with pytest.raises(NotAllowed):
        activate(people, draft, "manager")
    answer = people.client("manager").post(
        f"/rules/drafts/{draft.pk}/activate/", {"reason": "x", "digest": digest_of(draft.rows)}
    )
    assert answer.status_code == 403
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleDraft.objects.filter(pk=draft.pk).update(
            state=DraftState.ACTIVE, approver=people.user("manager"), reason="x"
        )
    draft = RuleDraft.objects.get(pk=draft.pk)
    assert draft.state == DraftState.SUBMITTED
    assert QuotaRule.objects.filter(code="q-post").count() == 1


def test_who_may_not_make_rules_sees_no_draft(people: Any) -> None:
    draft = submitted(people, "quota_rules", version_rows("quota_rules", "co-a:q-post", amount="150"))
    for name in ("staff", "leader", "finance", "auditor", "outsider"):
        client = people.client(name)
        for url in ("", "compare/"):
            assert client.get(f"/rules/drafts/{draft.pk}/{url}").status_code == 404, name
        data = {"reason": "x", "digest": digest_of(draft.rows), "discard-reason": "x"}
        for act in ("submit", "activate", "discard"):
            assert client.post(f"/rules/drafts/{draft.pk}/{act}/", data).status_code == 404, name
        with pytest.raises((NotVisible, NotAllowed)):
            activate(people, draft, name)
        url = "/rules/drafts/new/?kind=quota_rules&code=co-a:q-post"
        assert client.get(url).status_code == 404, name
    draft = RuleDraft.objects.get(pk=draft.pk)
    assert draft.state == DraftState.SUBMITTED
    assert QuotaRule.objects.filter(code="q-post").count() == 1


def test_outsider_drafts_nothing_for_another_organisation(people: Any) -> None:
    rows = version_rows("quota_rules", "co-a:q-post", amount="1")
    with pytest.raises(NotAllowed):
        services.draft_create(actor=people.user("outsider"), kind=KINDS["quota_rules"], rows=rows)
    assert not RuleDraft.objects.exists()


def test_only_the_author_changes_a_draft_and_a_changed_one_is_read_anew(people: Any) -> None:
    rows = version_rows("quota_rules", "co-a:q-post", amount="150")
    draft = submitted(people, "quota_rules", rows)
    read = digest_of(draft.rows)
    changed = version_rows("quota_rules", "co-a:q-post", amount="999")
    with pytest.raises(NotAllowed):
        services.draft_save(actor=people.user("director"), pk=draft.pk, rows=changed)
    services.draft_save(actor=people.user("manager"), pk=draft.pk, rows=changed)
    draft = RuleDraft.objects.get(pk=draft.pk)
    assert draft.state == DraftState.DRAFT
    with pytest.raises(Conflict):
        activate(people, draft, digest=read)
    services.draft_submit(actor=people.user("manager"), pk=draft.pk)
    with pytest.raises(Conflict):
        activate(people, draft, digest=read)
    assert QuotaRule.objects.filter(code="q-post").count() == 1


def test_activation_and_discarding_need_a_reason(people: Any) -> None:
    draft = submitted(people, "quota_rules", version_rows("quota_rules", "co-a:q-post", amount="150"))
    with pytest.raises(RuleViolation):
        activate(people, draft, reason="  ")
    with pytest.raises(RuleViolation):
        services.draft_discard(actor=people.user("director"), pk=draft.pk, reason=" ")
    client = people.client("director")
    answer = client.post(
        f"/rules/drafts/{draft.pk}/activate/", {"reason": "", "digest": digest_of(draft.rows)}
    )
    assert answer.status_code == 422
    assert client.post(f"/rules/drafts/{draft.pk}/discard/", {"discard-reason": ""}).status_code == 422
    draft = RuleDraft.objects.get(pk=draft.pk)
    assert draft.state == DraftState.SUBMITTED
    assert client.post(f"/rules/drafts/{draft.pk}/discard/", {"discard-reason": "不要"}).status_code == 302
    draft = RuleDraft.objects.get(pk=draft.pk)
    assert (draft.state, draft.reason) == ("discarded", "不要")
    with pytest.raises(Conflict):
        activate(people, draft)


# --- done twice ---------------------------------------------------------------------------------------


def test_second_time_changes_nothing(people: Any) -> None:
    rows = version_rows("quota_rules", "co-a:q-post", amount="150")
    manager = people.user("manager")
    first = services.draft_create(actor=manager, kind=KINDS["quota_rules"], rows=rows)
    again = services.draft_create(actor=manager, kind=KINDS["quota_rules"], rows=rows)
    assert first.pk == again.pk
    for _time in range(2):
        services.draft_submit(actor=manager, pk=first.pk)
    for _time in range(2):
        activate(people, first)
    counted = AuditEvent.objects.filter(action__startswith="rule.").count()
    assert counted == 3
    assert QuotaRule.objects.filter(code="q-post").count() == 2


def test_another_draft_of_the_same_rule_waits(people: Any) -> None:
    services.draft_create(
        actor=people.user("manager"),
        kind=KINDS["quota_rules"],
        rows=version_rows("quota_rules", "co-a:q-post", amount="150"),
    )
    with pytest.raises(Conflict):
        services.draft_create(
            actor=people.user("hr"),
            kind=KINDS["quota_rules"],
            rows=version_rows("quota_rules", "co-a:q-post", amount="170"),
        )
    address = "/rules/drafts/new/?kind=quota_rules&code=co-a:q-post"
    assert "compare" in people.client("hr").get(address)["Location"]
    assert RuleDraft.objects.count() == 1


# --- what was used stays ------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2024-04-30", "2024-04-01", "2024-02-01"])
def test_version_begins_after_every_locked_month(people: Any, day: str) -> None:
    lock(people, "2024-04-01")
    rows = version_rows("quota_rules", "co-a:q-post", amount="150", valid_from=day)
    answer = people.client("manager").post(
        "/rules/drafts/new/?kind=quota_rules&code=co-a:q-post",
        posted("quota_rules", rows),
        headers={"accept-language": "en"},
    )
    assert answer.status_code == 422
    assert "The month 2024-04 is locked" in answer.content.decode()
    with pytest.raises(services.Rejected):
        services.draft_create(actor=people.user("manager"), kind=KINDS["quota_rules"], rows=rows)
    report = import_sheets([sheet("quota_rules", rows["quota_rules"][0])], user=people.user("manager"))
    assert {error.code for error in report.errors} == {"month_locked"}
    assert QuotaRule.objects.filter(code="q-post").count() == 1
    rows["quota_rules"][0]["valid_from"] = "2024-05-01"
    assert services.draft_create(actor=people.user("manager"), kind=KINDS["quota_rules"], rows=rows).pk


def test_month_locked_after_the_draft_was_made_refuses_it(people: Any) -> None:
    rows = version_rows("quota_rules", "co-a:q-post", amount="150", valid_from="2024-05-01")
    draft = submitted(people, "quota_rules", rows)
    lock(people, "2024-05-01")
    with pytest.raises(services.Rejected):
        activate(people, draft)
    draft = RuleDraft.objects.get(pk=draft.pk)
    assert draft.state == DraftState.SUBMITTED
    assert QuotaRule.objects.filter(code="q-post").count() == 1


@pytest.mark.clause("YJ-01")
def test_version_that_a_computed_month_used_is_changed_by_nobody(people: Any) -> None:
    """April is computed: page, service and import refuse to change what it was computed with."""
    rows = version_rows("quota_rules", "co-a:q-post", amount="1", valid_from="2024-01-01")
    answer = people.client("manager").post(
        "/rules/drafts/new/?kind=quota_rules&code=co-a:q-post", posted("quota_rules", rows)
    )
    assert answer.status_code == 422
    with pytest.raises(services.Rejected):
        services.draft_create(actor=people.user("manager"), kind=KINDS["quota_rules"], rows=rows)
    manager = people.user("manager")
    report = import_sheets([sheet("quota_rules", rows["quota_rules"][0])], user=manager)
    assert [(error.column, error.code) for error in report.errors] == [("valid_from", "version_used")]
    item = {"scheme": "s-main", "valid_from": "2024-01-01", "code": "i-quota", "name": "别名", "weight": "70"}
    report = import_sheets([sheet("scheme_items", {**item, "source": "quota:*"})], user=manager)
    assert [(error.column, error.code) for error in report.errors] == [("valid_from", "version_used")]
    role = {"scheme": "ps-1", "valid_from": "2024-01-01", "role": "extra", "name": "外加", "share": "0"}
    report = import_sheets([sheet("pool_roles", role)], user=manager)
    assert [(error.column, error.code) for error in report.errors] == [("valid_from", "version_used")]
    assert QuotaRule.objects.get(code="q-post").amount == 100
    assert SchemeItem.objects.get(code="i-quota").name == "任务量"
    assert PoolRole.objects.count() == 2


def test_rule_may_end_after_the_months_that_used_it(people: Any) -> None:
    rows = version_rows("quota_rules", "co-a:q-post", valid_from="2024-01-01", valid_to="2024-04-29")
    manager = people.user("manager")
    report = import_sheets([sheet("quota_rules", rows["quota_rules"][0])], user=manager)
    assert [error.code for error in report.errors] == ["version_used"]
    rows["quota_rules"][0]["valid_to"] = "2024-04-30"
    report = import_sheets([sheet("quota_rules", rows["quota_rules"][0])], user=manager)
    assert report.accepted, report.errors


def test_version_begins_after_those_that_stand(people: Any) -> None:
    activate(people, submitted(people, "quota_rules", version_rows("quota_rules", "co-a:q-post", amount="5")))
    for day in ("2024-05-20", "2024-06-01"):
        rows = version_rows("quota_rules", "co-a:q-post", amount="7", valid_from=day)
        with pytest.raises(services.Rejected):
            services.draft_create(actor=people.user("manager"), kind=KINDS["quota_rules"], rows=rows)
    assert QuotaRule.objects.filter(code="q-post").count() == 2
