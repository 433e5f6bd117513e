"""Plans and campaigns: planned by leaders, managers and directors of the unit, approved by somebody else.

The forms of many fields are sent empty: a page that lets somebody through then says what is missing (422 or a
notice), and one that does not answers as always.
"""

from typing import Any

from tests.access.matrix import ANY, MISSING, Page
from tests.access.personas import MEMBERS, WHOLE, Who, who

#: Acts campaign.plan and campaign.approve, anywhere and on co-a.
PLANNERS = who("leader", "other-leader", "manager", "director", "outsider")
APPROVERS = who("manager", "director", "outsider")
PLAN, APPROVE = who("leader", "manager", "director"), who("manager", "director")
#: Who answers for the unit; the campaign of June has a task of ``staff``, who therefore sees it (HT-03).
SEE_A, SEE_B = who("leader") | WHOLE, who("other-leader") | WHOLE
SEE_JUNE = SEE_A | {"staff"}
TOLD = frozenset({200, 302, 422})

JUNE: dict[str, Any] = {"june": {"code": "c-plan"}, MISSING: {"code": "nothing"}}
PLAN_OBJECTS: dict[str, Any] = {"june": {"pk": "plan-june"}, MISSING: {"pk": "no-row"}}


def june(name: str, *, reads: bool, **arguments: Any) -> Page:
    """A page of the June campaign for those who plan it."""
    objects = {relation: {**one, **arguments} for relation, one in JUNE.items()}
    read = {"june": PLAN} if reads else None
    known = {"june": SEE_JUNE}
    return Page(f"campaigns:{name}", read=read, write={"june": PLAN}, known=known, objects=objects, done=TOLD)


def plan_page(name: str, *, reads: bool = True) -> Page:
    read: dict[str, Who] | None = {"june": PLAN} if reads else None
    known = {"june": SEE_A}
    return Page(
        f"campaigns:{name}", read=read, write={"june": PLAN}, known=known, objects=PLAN_OBJECTS, done=TOLD
    )


PAGES = [
    Page("campaigns:board", read={ANY: MEMBERS}),
    Page("campaigns:calendar", read={ANY: MEMBERS}),
    Page("campaigns:list", read={ANY: MEMBERS}),
    Page("campaigns:plans", read={ANY: MEMBERS}),
    Page("campaigns:templates", read={ANY: APPROVERS}, write={ANY: APPROVERS}, done=TOLD),
    Page("campaigns:new", read={ANY: PLANNERS}, write={ANY: PLANNERS}, done=TOLD),
    Page("campaigns:plan_new", read={ANY: PLANNERS}, write={ANY: PLANNERS}, done=TOLD),
    Page(
        "campaigns:show",
        read={
            "own unit": SEE_A,
            "other unit": SEE_B,
            "other organisation": who("outsider"),
            "june": SEE_JUNE,
        },
        objects={
            "own unit": {"code": "c-a"},
            "other unit": {"code": "c-b"},
            "other organisation": {"code": "c-x"},
            **JUNE,
        },
    ),
    Page(
        "campaigns:referee",
        read={"own unit": SEE_A},
        objects={"own unit": {"code": "c-a"}, MISSING: JUNE[MISSING]},
    ),
    june("edit", reads=True),
    june("tasks", reads=True),
    june("tasks_generate", reads=False),
    june("results", reads=True),
    june("reading", reads=False),
    june("goals", reads=False),
    # Written by those who plan and by whoever has a task in it: the copywriter is staff (HT-11).
    Page(
        "campaigns:document",
        read={"june": SEE_JUNE},
        write={"june": PLAN | {"staff"}},
        objects={name: {**one, "kind": "plan"} for name, one in JUNE.items()},
        data=lambda world, who: {"text": "计划", "key": "77777777-7777-4777-8777-777777777777"},
    ),
    # The owner of a task ticks it, and those who plan.
    Page(
        "campaigns:task_done",
        write={"own": PLAN | {"staff"}},
        known={"own": SEE_JUNE},
        objects={"own": {"pk": "task"}, MISSING: {"pk": "no-row"}},
        data=lambda world, who: {"done": "yes"},
    ),
    # It waits for approval: by those with the right who neither drafted nor submitted it.
    Page(
        "campaigns:act",
        read={"june": APPROVE},
        write={"june": APPROVE},
        known={"june": SEE_JUNE},
        objects={name: {**one, "act": "approve"} for name, one in JUNE.items()},
        data=lambda world, who: {"reason": "可行"},
    ),
    Page("campaigns:plan", read={"june": SEE_A}, objects=PLAN_OBJECTS),
    plan_page("plan_edit"),
    plan_page("note"),
    plan_page("plan_goals", reads=False),
    Page(
        "campaigns:plan_act",
        read={"june": APPROVE},
        write={"june": APPROVE},
        known={"june": SEE_A},
        objects={name: {**one, "act": "approve"} for name, one in PLAN_OBJECTS.items()},
        data=lambda world, who: {"reason": "可行"},
    ),
    # A change after approval: there is none, so nobody decides one.
    Page("campaigns:change", read={}, write={}, objects={MISSING: {"code": "c-plan", "pk": "no-row"}}),
    Page(
        "campaigns:plan_change", read={}, write={}, objects={MISSING: {"pk": "plan-june", "change": "no-row"}}
    ),
]
