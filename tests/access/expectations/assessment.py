"""Ratings, points, appeals, findings: seen by whom they concern, decided by somebody else with the right."""

from typing import Any

from tests.access.forms import shown_form
from tests.access.matrix import ANY, MISSING, Page
from tests.access.personas import MEMBERS, NOBODY, SEES, who
from tests.access.world import World

#: Act rating.enter, somewhere: leaders, managers, directors, hr.
RATERS = who("leader", "other-leader", "manager", "director", "hr", "outsider")
#: The same on the whole of co, and on co-a.
OVER_CO = who("manager", "director", "hr")
OVER_CO_A = OVER_CO | {"leader"}
SCORED = who("staff", "peer", "below", "leader")
POINTS = {"peer": {"pk": "points-peer"}, "leader": {"pk": "points-leader"}, MISSING: {"pk": "no-row"}}
FINDINGS = {"editor": {"pk": "fi-1"}, "planner": {"pk": "fi-2"}, MISSING: {"pk": "no-row"}}
#: Those whom a finding hits (the editor is ``staff``, the planner ``other``), their leaders, the whole.
SEE_FINDING = {"editor": SEES["staff"], "planner": SEES["other"]}
RATED = {
    "staff": {"month": "2024-04", "staff_no": "p-staff"},
    "below": {"month": "2024-04", "staff_no": "p-below"},
    "leader": {"month": "2024-04", "staff_no": "p-leader"},
    "other unit": {"month": "2024-04", "staff_no": "p-other"},
    "other organisation": {"month": "2024-04", "staff_no": "x-outsider"},
    "locked": {"month": "2024-03", "staff_no": "p-staff"},
    MISSING: {"month": "2024-04", "staff_no": "nobody"},
}
#: Who rates whom: nobody themselves.  Somebody without a scheme has no sheet, so there is none to open.
RATES = {
    "staff": OVER_CO_A,
    "below": OVER_CO_A,
    "leader": OVER_CO,
    "other unit": OVER_CO | {"other-leader"},
    "other organisation": NOBODY,
    "locked": OVER_CO_A,
}


def _rating(world: World, who: str) -> dict[str, Any]:
    page = world.client("director").get("/assessment/rate/2024-04/p-staff/")
    marks = {"score_i-attitude": "80", "remark_i-attitude": "好", "score_i-team": "85", "remark_i-team": "好"}
    return {**shown_form(page.content), **marks}


def _points(world: World, who: str) -> dict[str, Any]:
    return {
        "staff": world.ids["id-peer"],
        "month": "2024-05",
        "kind": "deduction",
        "points": "1",
        "reason": "迟到",
        "key": "11111111-1111-4111-8111-111111111111",
    }


def _appeal(world: World, who: str) -> dict[str, Any]:
    kind, line = world.line
    return {"kind": kind, "line": line, "text": "请再看一遍"}


def _finding(world: World, who: str) -> dict[str, Any]:
    return {
        "rule": "ps-1/f-late",
        "date": "2024-05-14",
        "note": "交稿迟了",
        "evidence": "邮件",
        "key": "22222222-2222-4222-8222-222222222222",
    }


PAGES = [
    Page("assessment:ratings", read={ANY: RATERS}),
    Page(
        "assessment:rate",
        read=RATES,
        write={name: people for name, people in RATES.items() if name in ("staff", "locked")},
        objects=RATED,
        data=_rating,
        locked=frozenset({"locked"}),
        refused=frozenset({302, 403, 404, 409, 422}),
    ),
    # Oneself: whoever has a scheme with rated items; for the others there is nothing to send.
    Page(
        "assessment:self",
        read={ANY: MEMBERS},
        write={ANY: SCORED | {"other", "other-leader"}},
        objects={ANY: {"month": "2024-05"}},
        data=lambda world, who: {"score_i-attitude": "70", "score_i-team": "75", "score_i-b": "80"},
        refused=frozenset({200, 302, 403, 404, 409, 422}),
    ),
    Page("assessment:points", read={ANY: MEMBERS}),
    # Points for ``peer``: whoever rates them.
    Page(
        "assessment:point_add",
        read={ANY: RATERS},
        write={ANY: OVER_CO_A},
        data=_points,
        refused=frozenset({403, 404, 409, 422}),
    ),
    # Act points.approve; never the proposer (leader, manager), never for oneself.
    Page(
        "assessment:point_approve",
        read={"peer": SEES["peer"], "leader": SEES["leader"]},
        write={"peer": who("manager", "director"), "leader": who("director")},
        objects=POINTS,
        data=lambda world, who: {"act": "approve", "reason": ""},
    ),
    Page("assessment:appeals", read={ANY: MEMBERS}),
    Page(
        "assessment:appeal_new",
        read={ANY: MEMBERS},
        write={ANY: SCORED},
        objects={ANY: {"month": "2024-04"}},
        data=_appeal,
    ),
    Page(
        "assessment:appeal_answer",
        read={"staff": SEES["staff"]},
        write={"staff": OVER_CO_A},
        objects={"staff": {"pk": "appeal-staff"}, MISSING: {"pk": "no-row"}},
        data=lambda world, who: {"verdict": "dismiss", "answer": "数字没有错"},
    ),
    Page("findings:list", read={ANY: MEMBERS}),
    # Act finding.propose; also about another department (HT-17), never in another organisation.
    Page(
        "findings:new",
        read={ANY: RATERS},
        write={ANY: RATERS - {"outsider"}},
        data=_finding,
        refused=frozenset({403, 404, 409, 422}),
    ),
    Page("findings:show", read=SEE_FINDING, objects=FINDINGS),
    # Act finding.confirm; fi-1 waits, fi-2 is confirmed already.
    Page(
        "findings:confirm", write={"editor": who("manager", "director")}, known=SEE_FINDING, objects=FINDINGS
    ),
    Page(
        "findings:withdraw",
        write={name: who("manager", "director") for name in SEE_FINDING},
        known=SEE_FINDING,
        objects=FINDINGS,
        data=lambda world, who: {"reason": "弄错了"},
    ),
    # The person whom it hits, and nobody else.
    Page(
        "findings:answer",
        write={"editor": who("staff"), "planner": who("other")},
        known=SEE_FINDING,
        objects=FINDINGS,
        data=lambda world, who: {"text": "路上堵车"},
    ),
]
