"""Lines of the daily work: logs, ratings, points, appeals, campaigns, findings, manuscripts, rules, roles."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from campaigns.models import Campaign, CampaignChange
from campaigns.services.changes import change_decide, change_propose
from finance.models import Fund
from finance.services import Asked, fund_request, fund_request_approve, fund_request_refuse
from incentives.models import RoleHolder, VoteChoice
from incentives.services import closing
from incentives.services.findings import (
    Proposal,
    finding_confirm,
    finding_propose,
    finding_withdraw,
)
from incentives.services.manuscripts import manuscript_close_vote, manuscript_screen, manuscript_vote
from kpi.models import LogEntry, PointKind, Verdict
from kpi.selectors.appeals import appeal_lines
from kpi.services.appeals import appeal_decide, appeal_file
from kpi.services.points import point_approve, point_propose, point_refuse
from kpi.services.ratings import Given, rating_enter
from kpi.services.verification import log_decide, logs_decide
from opscenter.rules.kinds import KINDS
from opscenter.rules.services import draft_activate, draft_create, draft_submit, standing
from opscenter.rules.sheets import digest_of, rows_of
from tests.access.own.line import BOSS, TODAY, Line, Posts, walk
from tests.campaigns.planning import campaign_terms, drafted, take
from tests.incentives import manuscripts
from tests.people import APRIL, People


@walk("log.verify", "facts.import")
def log(people: People) -> Line:
    entry, boss = LogEntry.objects.get(row_id="l-leader"), people.user(BOSS)
    decided = {"verdict": "accepted", "reason": "", "seen": "0"}
    row = {
        "row_id": "l-leader", "date": entry.date.isoformat(), "staff_no": "p-leader",
        "platform": entry.platform.code, "activity": entry.activity, "handle": entry.handle,
        "count": entry.count, "url": entry.url, "status": "valid",
    }  # fmt: skip
    sent = {"date": "2024-05-14", "platform": "t-bar", "activity": "post", "count": 2, "status": "valid"}
    return Line(
        "own_line",
        [
            lambda: log_decide(actor=boss, entry_id=entry.pk, verdict=Verdict.ACCEPTED, reason="", seen=0),
            lambda: logs_decide(actor=boss, entry_ids=[entry.pk], verdict=Verdict.ACCEPTED),
        ],
        [
            (f"/verification/{entry.pk}/decide/", decided),
            ("/verification/decide/", {**decided, "row": [str(entry.pk)]}),
        ],
        api=[("logs/", sent)],
        sheets=[("logs", row)],
    )


@walk("rating.enter")
def rating(people: People) -> Line:
    boss, staff = people.user(BOSS), people.staff(BOSS)
    given = {"i-attitude": Given(Decimal(100), "好"), "i-team": Given(Decimal(100), "好")}
    cells = {"month": "2024-04", "staff_no": "p-leader", "scheme": "s-main", "item": "i-team", "score": "100"}
    return Line(
        "own_line",
        [lambda: rating_enter(actor=boss, staff=staff, month=APRIL, given=given, seen="")],
        [("/assessment/rate/2024-04/p-leader/", {"score_i-attitude": "100", "score_i-team": "100"})],
        sheets=[("ratings", cells)],
    )


@walk("rating.enter")
def points_for_oneself(people: People) -> Line:
    boss, staff = people.user(BOSS), people.staff(BOSS)
    terms: dict[str, Any] = {"month": APRIL, "kind": PointKind.BONUS, "points": Decimal(5)}
    sent = {
        "staff": "p-leader", "month": "2024-04", "kind": "bonus", "points": "5", "reason": "好",
        "evidence": "我", "key": str(uuid4()),
    }  # fmt: skip
    return Line(
        "own_line",
        [lambda: point_propose(actor=boss, staff=staff, reason="好", evidence="我", key=uuid4(), **terms)],
        [("/assessment/points/add/", sent)],
    )


def _point(people: People, kind: PointKind) -> Line:
    boss = people.user(BOSS)
    found = point_propose(
        actor=people.user("manager"), staff=people.staff(BOSS), month=APRIL, kind=kind, points=Decimal(5),
        reason="组织活动", evidence="群公告", key=uuid4(),
    )  # fmt: skip
    cells = {
        "month": "2024-04", "staff_no": "p-leader", "code": found.code, "kind": kind.value,
        "points": str(found.points), "reason": "组织活动", "evidence": "群公告",
        "proposed_by": found.proposed_by, "approved_by": BOSS,
    }  # fmt: skip
    address = f"/assessment/points/{found.pk}/"
    return Line(
        "own_line",
        [
            lambda: point_approve(actor=boss, point_id=found.pk),
            lambda: point_refuse(actor=boss, point_id=found.pk, reason="不"),
        ],
        [(address, {"act": "approve", "reason": "好"}), (address, {"act": "refuse", "reason": "不"})],
        sheets=[("score_points", cells)],
    )


@walk("points.approve")
def point(people: People) -> Line:
    return _point(people, PointKind.BONUS)


@walk("points.approve")
def veto(people: People) -> Line:
    return _point(people, PointKind.VETO)


@walk("rating.enter")
def appeal(people: People) -> Line:
    boss = people.user(BOSS)
    for act in (closing.month_review, closing.month_publish):
        act(actor=people.user("hr"), root=people.root, month=APRIL)
    kind, lines = appeal_lines(people.staff(BOSS), APRIL)[0]
    found = appeal_file(
        actor=boss, month=APRIL, kind=kind.name, reference=lines[0].reference, text="数字不对"
    )
    sent = {"verdict": "uphold", "answer": "同意"}
    return Line(
        "own_line",
        [lambda: appeal_decide(actor=boss, appeal_id=found.pk, uphold=True, answer="同意")],
        [(f"/assessment/appeals/{found.pk}/", sent)],
    )


@walk("campaign.approve")
def campaign(people: People) -> Line:
    found = drafted(people, who=BOSS)
    take(people, BOSS, found, "submit")
    cells = {
        "code": "c-1", "name": found.name, "unit": "co-b", "type": "weekend", "scale": "small",
        "start": "2024-05-18", "end": "2024-05-18", "stores": "st-1", "status": "approved",
    }  # fmt: skip
    return Line(
        "same_person",
        [lambda: take(people, BOSS, found, "approve")],
        [("/campaigns/show/c-1/acts/approve/", {"reason": ""})],
        sheets=[("campaigns", cells)],
    )


@walk("campaign.approve")
def campaign_change(people: People) -> Line:
    boss, found = people.user(BOSS), drafted(people)
    take(people, "other-leader", found, "submit")
    take(people, "manager", found, "approve")
    change = change_propose(
        Campaign,
        actor=boss,
        pk=found.pk,
        terms=campaign_terms(end=date(2024, 5, 19)),
        reason="长",
        key=uuid4(),
    )
    address = f"/campaigns/show/c-1/changes/{change.pk}/"
    return Line(
        "same_person",
        [
            lambda: change_decide(CampaignChange, actor=boss, pk=change.pk, approve=True),
            lambda: change_decide(CampaignChange, actor=boss, pk=change.pk, approve=False, remark="不"),
        ],
        [(address, {"decision": one, "remark": "不"}) for one in ("approve", "refuse")],
    )


def _finding(people: People, *, proposed_by: str, code: str) -> Line:
    boss = people.user(BOSS)
    given = Proposal(scheme="ps-1", rule="f-late", day=date(2024, 5, 13), note="迟交", evidence="邮件")
    found = finding_propose(actor=people.user(proposed_by), given=given, key=uuid4())
    acts: list[Callable[[], Any]] = [lambda: finding_confirm(actor=boss, finding_id=found.pk)]
    posts: Posts = [(f"/findings/{found.pk}/confirm/", {})]
    if code == "own_line":
        acts.append(lambda: finding_withdraw(actor=boss, finding_id=found.pk, reason="不"))
        posts.append((f"/findings/{found.pk}/withdraw/", {"reason": "不"}))
    cells = {
        "id": found.ident, "scheme": "ps-1", "rule": "f-late", "date": "2024-05-13", "note": "迟交",
        "evidence": "邮件", "status": "confirmed",
    }  # fmt: skip
    return Line(code, acts, posts, sheets=[("findings", cells)])


@walk("finding.confirm")
def finding_against_oneself(people: People) -> Line:
    role = {"scheme_code": "ps-1", "role": "editor", "root": people.root, "start": date(2024, 1, 1)}
    RoleHolder.objects.create(**role, staff=people.staff(BOSS))
    return _finding(people, proposed_by="manager", code="own_line")


@walk("finding.confirm")
def finding_of_oneself(people: People) -> Line:
    return _finding(people, proposed_by=BOSS, code="same_person")


@walk("manuscript.screen")
def manuscript_to_screen(people: People) -> Line:
    manuscripts.rules(people)
    boss, found = people.user(BOSS), manuscripts.handed_in(people, BOSS)
    return Line(
        "own_line",
        [
            lambda: manuscript_screen(actor=boss, manuscript_id=found.pk, passes=True),
            lambda: manuscript_screen(actor=boss, manuscript_id=found.pk, passes=False, remark="改"),
        ],
        [(f"/manuscripts/{found.pk}/screen/", {"act": act, "remark": "改"}) for act in ("pass", "return")],
    )


@walk("manuscript.accept")
def manuscript_to_vote(people: People) -> Line:
    manuscripts.rules(people)
    RoleHolder.objects.create(
        scheme_code="ps-1", role="editor", root=people.root, staff=people.staff(BOSS), start=date(2024, 1, 1)
    )
    boss, found = people.user(BOSS), manuscripts.voting(people, BOSS)
    manuscripts.vote(people, found, "other")
    return Line(
        "own_line",
        [
            lambda: manuscript_vote(actor=boss, manuscript_id=found.pk, choice=VoteChoice.FOR),
            lambda: manuscript_close_vote(actor=boss, manuscript_id=found.pk),
        ],
        [
            (f"/manuscripts/{found.pk}/vote/", {"choice": "for", "remark": ""}),
            (f"/manuscripts/{found.pk}/close/", {}),
        ],
    )


@walk("fund.approve")
def fund(people: People) -> Line:
    boss = people.user(BOSS)
    held, _made = Fund.objects.get_or_create(scheme_code="ps-1", root=people.root, kind="maintenance")
    found = fund_request(actor=boss, asked=Asked(held.pk, Decimal("1.00"), "素材"), key=uuid4())
    return Line(
        "own_line",
        [
            lambda: fund_request_approve(actor=boss, request_id=found.pk, day=TODAY),
            lambda: fund_request_refuse(actor=boss, request_id=found.pk, reason="不"),
        ],
        [
            (f"/funds/requests/{found.pk}/approve/", {"day": "2024-05-15"}),
            (f"/funds/requests/{found.pk}/refuse/", {"reason": "不"}),
        ],
    )


@walk("rules.edit")
def rule(people: People) -> Line:
    boss, kind = people.user(BOSS), KINDS["quota_rules"]
    rows = rows_of(standing(kind, "co-a:q-post")[-1])
    rows[kind.name][0] |= {"valid_from": "2024-06-01", "weight": "3"}
    found = draft_submit(actor=boss, pk=draft_create(actor=boss, kind=kind, rows=rows).pk)
    mark = digest_of(found.rows)
    return Line(
        "same_person",
        [lambda: draft_activate(actor=boss, pk=found.pk, reason="新", digest=mark)],
        [(f"/rules/drafts/{found.pk}/activate/", {"reason": "新", "digest": mark})],
    )


@walk("roles.grant")
def grant(people: People) -> Line:
    cells = {"staff_no": "p-leader", "role": "director", "unit": "co", "start": "2024-05-01"}
    own = {"staff_no": "p-leader", "name": people.staff(BOSS).name, "unit": "co-a", "joined": "2023-01-01"}
    more = ({**own, "role": "director"}, {**own, "role": "leader", "bonus_base": "9000"})
    return Line("", [], [], sheets=[("grants", cells), *(("staff", one) for one in more)])


# --- months and money ------------------------------------------------------------------------------------
