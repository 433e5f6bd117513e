"""Findings: proposed with evidence, confirmed by another, answered by whom they hit, withdrawn with a reason.

``p-staff`` is the editor of ``ps-1`` and ``p-other`` its planner; ``f-late`` takes 10 % of the editor's month
each time.  In the fixtures fi-1 (editor, 10 May) is proposed and fi-2 (planner) is confirmed.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns.models import Store
from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.interchange.importer import import_sheets
from core.models import AuditEvent
from core.spreadsheets.reader import Sheet
from departments.models import Period, PeriodState
from incentives.models import Finding, FindingAnswer, FindingRule, FindingStatus, PoolScheme, RoleHolder
from incentives.selectors.finding_board import finding_page
from incentives.services.findings import (
    Proposal,
    finding_answer,
    finding_confirm,
    finding_propose,
    finding_withdraw,
)
from tests.people.pages import assert_bounded
from tests.people.refusals import refused

D = Decimal
DAY = date(2024, 5, 14)
KEY = UUID("12345678123456781234567812345678")


def rule(code: str, **fields: Any) -> FindingRule:
    """One more deduction rule of the editor."""
    given = {
        "role": "editor",
        "name": code,
        "scope": "month",
        "mode": "per_case",
        "value": D("0.1"),
        **fields,
    }
    return FindingRule.objects.create(scheme=PoolScheme.objects.get(code="ps-1"), code=code, **given)


def propose(people: Any, who: str = "other-leader", code: str = "f-late", **given: Any) -> Finding:
    proposal = Proposal("ps-1", code, **{"day": DAY, "note": "稿子晚了两天", "evidence": "邮件", **given})
    return finding_propose(actor=people.user(who), given=proposal, key=uuid4())


def known(ident: str) -> Finding:
    return Finding.objects.get(ident=ident)


def acts() -> list[str]:
    rows = AuditEvent.objects.filter(action__startswith="finding.").order_by("pk")
    return list(rows.values_list("action", flat=True))


def lock_may(people: Any) -> None:
    Period.objects.update_or_create(root=people.root, month=date(2024, 5, 1))
    Period.objects.filter(root=people.root, month=date(2024, 5, 1)).update(state=PeriodState.LOCKED)


@pytest.mark.clause("HT-17")
def test_another_department_complains_and_a_second_person_confirms(people: Any) -> None:
    rule("f-complaint", name="其他部门投诉")
    client = people.client("other-leader")
    given = {
        "rule": "ps-1/f-complaint",
        "date": "2024-05-14",
        "note": "接口没有按时给",
        "occurrences": "2",
        "key": str(KEY),
        "file": SimpleUploadedFile("投诉.pdf", b"%PDF-1.7 x"),
    }
    assert client.get(reverse("findings:new")).status_code == 200
    answer = client.post(reverse("findings:new"), given)
    assert answer.status_code == 302
    given["file"] = SimpleUploadedFile("投诉.pdf", b"%PDF-1.7 x")
    assert client.post(reverse("findings:new"), given)["Location"] == answer["Location"]
    finding = Finding.objects.get(rule_code="f-complaint")
    assert (finding.status, finding.proposed_by) == (FindingStatus.PROPOSED, people.user("other-leader"))
    assert (finding.acts_from, finding.acts_to) == (date(2024, 5, 1), date(2024, 5, 1))
    # 10 % each time
    assert finding_page(people.user("manager"), finding.pk).share == Fraction(1, 5)

    assert people.client("manager").post(reverse("findings:confirm", args=[finding.pk])).status_code == 302
    finding.refresh_from_db()
    assert (finding.status, finding.confirmed_by) == (FindingStatus.CONFIRMED, people.user("manager"))
    assert acts() == ["finding.proposed", "finding.confirmed"]


@pytest.mark.clause("HT-18")
def test_finding_names_the_shop_that_did_not_execute(people: Any) -> None:
    rule("f-shop", name="门店未执行")
    finding = propose(people, code="f-shop", store=Store.objects.get(code="st-1"))
    page = people.client("staff").get(reverse("findings:show", args=[finding.pk]))
    assert "一店" in page.content.decode()
    assert page.context["page"].share == Fraction(1, 10)
    listed = people.client("manager").get(reverse("findings:list"), {"q": "一店"})
    assert [row.record.pk for row in listed.context["table"].rows] == [finding.pk]


@pytest.mark.clause("HT-19")
def test_incomplete_files_take_their_percentage(people: Any) -> None:
    rule("f-files", name="客户资料不全", mode="percent", value=None)
    with pytest.raises(RuleViolation) as caught:
        propose(people, code="f-files")
    assert [one["field"] for one in caught.value.errors] == ["percent"]
    finding = propose(people, code="f-files", percent=D("0.25"))
    assert finding_page(people.user("manager"), finding.pk).share == Fraction(1, 4)


@pytest.mark.clause("HT-20")
def test_slow_reply_and_missing_summary(people: Any) -> None:
    rule("f-slow", name="回复慢投诉", value=D("0.2"))
    rule("f-summary", name="无反馈总结", mode="all", value=None)
    user = people.user("manager")
    assert finding_page(user, propose(people, code="f-slow").pk).share == Fraction(1, 5)
    assert finding_page(user, propose(people, code="f-slow", occurrences=6).pk).share == 1
    assert finding_page(user, propose(people, code="f-summary").pk).share == 1


@pytest.mark.clause("HT-29")
def test_assessor_of_the_role_is_named(people: Any) -> None:
    assert propose(people).assessor == "总策划"
    assert propose(people, code="f-plan").assessor == "gm"
    assert propose(people, assessor="副总").assessor == "副总"


def test_yearly_finding_acts_on_the_following_year(people: Any) -> None:
    rule("f-template", name="少一套模板", scope="year", value=D("0.2"))
    finding = propose(people, code="f-template")
    assert (finding.acts_from, finding.acts_to) == (date(2025, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"note": " "}, ["note"]),
        ({"evidence": ""}, ["evidence"]),
        ({"day": date(2024, 5, 16)}, ["date"]),
        ({"day": date(2023, 12, 31)}, ["rule"]),
        ({"code": "f-nothing"}, ["rule"]),
        ({"occurrences": 0}, ["occurrences"]),
        ({"percent": D("1.01")}, ["percent"]),
        ({"code": "f-campaign"}, ["campaign"]),
    ],
)
def test_what_is_wrong_is_told_by_field(people: Any, given: dict[str, Any], fields: list[str]) -> None:
    rule("f-campaign", scope="campaign")
    before = Finding.objects.count()
    with pytest.raises(RuleViolation) as caught:
        propose(people, **given)
    assert [one["field"] for one in caught.value.errors] == fields
    assert Finding.objects.count() == before
    assert acts() == []


def test_errors_stand_beside_the_fields_and_keep_the_input(people: Any) -> None:
    given = {"rule": "ps-1/f-late", "date": "2024-05-14", "note": "晚了", "percent": "120", "key": str(KEY)}
    answer = people.client("leader").post(reverse("findings:new"), given)
    assert answer.status_code == 422
    assert "percent" in answer.context["form"].errors
    assert "晚了" in answer.content.decode()


def test_proposer_does_not_confirm(people: Any) -> None:
    finding = propose(people, "manager")
    with refused(NotAllowed, "same_person"):
        finding_confirm(actor=people.user("manager"), finding_id=finding.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(confirmed_by=people.user("manager"))
    finding.refresh_from_db()
    assert finding.status == FindingStatus.PROPOSED
    assert acts() == ["finding.proposed"]


def test_nobody_decides_about_a_finding_against_themselves(people: Any) -> None:
    RoleHolder.objects.filter(role="editor").update(staff=people.staff("manager"))
    finding = propose(people)
    for act in (
        lambda: finding_confirm(actor=people.user("manager"), finding_id=finding.pk),
        lambda: finding_withdraw(actor=people.user("manager"), finding_id=finding.pk, reason="不算"),
    ):
        with refused(NotAllowed, "own_line"):
            act()
    finding_confirm(actor=people.user("director"), finding_id=finding.pk)


@pytest.mark.parametrize(
    ("who", "status"),
    [("staff", 404), ("leader", 404), ("hr", 404), ("outsider", 404), ("finance", 404), ("director", 302)],
)
def test_who_may_confirm(people: Any, who: str, status: int) -> None:
    finding = known("fi-1")
    answer = people.client(who).post(reverse("findings:confirm", args=[finding.pk]))
    assert answer.status_code == status
    finding.refresh_from_db()
    assert (finding.status == FindingStatus.CONFIRMED) == (status == 302)


def test_second_confirmation_is_a_conflict(people: Any) -> None:
    finding = known("fi-1")
    finding_confirm(actor=people.user("manager"), finding_id=finding.pk)
    with refused(Conflict, "finding_settled"):
        finding_confirm(actor=people.user("director"), finding_id=finding.pk)
    assert acts() == ["finding.confirmed"]


def test_withdrawn_with_a_reason(people: Any) -> None:
    finding = propose(people)
    url = reverse("findings:withdraw", args=[finding.pk])
    client = people.client("other-leader")
    assert client.post(url, {"reason": " "}).status_code == 422
    assert client.post(url, {"reason": "弄错人了"}).status_code == 302
    finding.refresh_from_db()
    assert (finding.status, finding.withdrawal) == (FindingStatus.WITHDRAWN, "弄错人了")
    confirmed = known("fi-2")
    assert people.client("leader").post(
        reverse("findings:withdraw", args=[confirmed.pk]), {"reason": "x"}
    ).status_code in (403, 404)
    finding_withdraw(actor=people.user("manager"), finding_id=confirmed.pk, reason="有方案")
    with refused(Conflict, "finding_withdrawn"):
        finding_withdraw(actor=people.user("manager"), finding_id=confirmed.pk, reason="有方案")
    assert acts() == ["finding.proposed", "finding.withdrawn", "finding.withdrawn"]


def test_person_hit_sees_and_answers_before_and_after_confirmation(people: Any) -> None:
    finding = known("fi-1")
    url, client = reverse("findings:answer", args=[finding.pk]), people.client("staff")
    shown = client.get(reverse("findings:list"))
    assert [row.record.ident for row in shown.context["table"].rows] == ["fi-1"]
    assert client.get(reverse("findings:show", args=[finding.pk])).context["page"].may_answer
    assert client.post(url, {"text": ""}).status_code == 422
    for _time in range(2):
        assert client.post(url, {"text": "等活动方案到周五"}).status_code == 302
    finding_confirm(actor=people.user("manager"), finding_id=finding.pk)
    assert client.post(url, {"text": "等活动方案到周五,有邮件"}).status_code == 302
    assert FindingAnswer.objects.get().text == "等活动方案到周五,有邮件"
    assert acts() == ["finding.answered", "finding.confirmed", "finding.answered"]


def test_only_those_hit_answer(people: Any) -> None:
    finding = known("fi-1")
    with refused(NotVisible, "finding"):
        finding_answer(actor=people.user("manager"), finding_id=finding.pk, text="我说")
    url = reverse("findings:answer", args=[finding.pk])
    for who in ("peer", "other", "leader", "outsider"):
        assert people.client(who).post(url, {"text": "我说"}).status_code == 404, who
    assert not FindingAnswer.objects.exists()


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("staff", {"fi-1"}),
        ("other", {"fi-2"}),
        ("peer", set()),
        ("leader", {"fi-1"}),
        ("other-leader", {"fi-2"}),
        ("manager", {"fi-1", "fi-2"}),
        ("auditor", {"fi-1", "fi-2"}),
        ("outsider", set()),
    ],
)
def test_who_sees_which_findings(people: Any, who: str, seen: set[str]) -> None:
    assert set(Finding.objects.visible_to(people.user(who)).values_list("ident", flat=True)) == seen
    for ident in ("fi-1", "fi-2"):
        status = 200 if ident in seen else 404
        url = reverse("findings:show", args=[known(ident).pk])
        assert people.client(who).get(url).status_code == status


def test_plain_staff_do_not_propose(people: Any) -> None:
    assert people.client("staff").get(reverse("findings:new")).status_code == 404
    with refused(NotAllowed, "finding.propose"):
        propose(people, "staff")
    with pytest.raises(RuleViolation):
        propose(people, "outsider")
    assert acts() == []


def test_locked_month_refuses(people: Any) -> None:
    finding = known("fi-1")
    lock_may(people)
    for act in (
        lambda: propose(people),
        lambda: finding_confirm(actor=people.user("manager"), finding_id=finding.pk),
        lambda: finding_withdraw(actor=people.user("manager"), finding_id=finding.pk, reason="x"),
    ):
        with refused(Conflict, "month_locked"):
            act()
    page = people.client("manager").get(reverse("findings:show", args=[finding.pk])).context["page"]
    assert (page.frozen, page.may_confirm, page.may_withdraw) == (True, False, False)
    assert acts() == []


def test_workbook_does_not_confirm_what_its_importer_proposed(people: Any) -> None:
    def load(status: str, who: str) -> list[str]:
        header = ["id", "scheme", "rule", "date", "evidence", "status"]
        cells = ("fi-9", "ps-1", "f-late", "2024-05-09", "邮件", status)
        sheet = Sheet("findings", header, iter([(2, cells)]))
        report = import_sheets([sheet], user=people.user(who))
        return [error.code for error in report.errors]

    assert load("proposed", "manager") == []
    assert known("fi-9").proposed_by == people.user("manager")
    assert load("confirmed", "manager") == ["same_person"]
    assert load("confirmed", "director") == []
    assert known("fi-9").confirmed_by == people.user("director")
    assert load("confirmed", "director") == []


def test_list_is_bounded(people: Any) -> None:
    client = people.client("manager")
    url = reverse("findings:list")
    assert_bounded(client, url, lambda: [propose(people) for _ in range(20)])
    assert client.get(url, {"export": "xlsx"}).status_code == 200
    assert len(client.get(url, {"month": "2024-04"}).context["table"].rows) == 0
    shown = client.get(url, {"status": "confirmed", "month": "2024-05"}).context["table"].rows
    assert [row.record.ident for row in shown] == ["fi-2"]


def test_page_is_bounded(people: Any) -> None:
    finding = known("fi-1")
    url = reverse("findings:show", args=[finding.pk])
    assert_bounded(people.client("staff"), url, lambda: [propose(people) for _ in range(20)], limit=25)
