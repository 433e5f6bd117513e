"""Plans and campaigns: planned by leaders, managers and directors of the unit, approved by somebody else.

Forms are sent as the page shows them, with what it asks for filled in; those who may write get through.
"""

from typing import Any

from tests.access.forms import shown_form
from tests.access.matrix import ANY, MISSING, Data, Page, nothing
from tests.access.personas import MEMBERS, WHOLE, Who, who
from tests.access.world import World

#: Acts campaign.plan and campaign.approve, anywhere and on co-a.
PLANNERS = who("leader", "other-leader", "manager", "director", "outsider")
APPROVERS = who("manager", "director", "outsider")
PLAN, APPROVE = who("leader", "manager", "director"), who("manager", "director")
#: Who answers for the unit; the campaign of June has a task of ``staff``, who therefore sees it (HT-03).
SEE_A, SEE_B = who("leader") | WHOLE, who("other-leader") | WHOLE
SEE_JUNE = SEE_A | {"staff"}
SENT = frozenset({302})

JUNE: dict[str, Any] = {"june": {"code": "c-plan"}, MISSING: {"code": "nothing"}}
PLAN_OBJECTS: dict[str, Any] = {"june": {"pk": "plan-june"}, MISSING: {"pk": "no-row"}}
#: A draft besides; what is submitted is not edited any more, which its planners are told.
DRAFT: dict[str, Any] = {"draft": {"code": "c-draft"}, **JUNE}
DRAFT_PLAN: dict[str, Any] = {"draft": {"pk": "plan-draft"}, **PLAN_OBJECTS}
#: On which unit who plans, where it is not co-a.
PLANS_FOR = {"other-leader": "co-b", "outsider": "xx"}
CLOSED = frozenset({403, 404, 409, 422})


def form_of(path: str, planners: Who = PLAN, **filled: Any) -> Data:
    """The form at ``path`` as the asking person is shown it, or as a planner is; ``{…}`` names an object."""

    def sent(world: World, who: str) -> dict[str, Any]:
        page = world.client(who if who in planners else "leader").get(path.format(**world.ids))
        return shown_form(page.content, **filled)

    return sent


def june(name: str, *, reads: bool, data: Data = nothing) -> Page:
    """A page of the June campaign for those who plan it."""
    read = {"june": PLAN} if reads else None
    known = {"june": SEE_JUNE}
    return Page(
        f"campaigns:{name}", read=read, write={"june": PLAN}, known=known, objects=JUNE, data=data, done=SENT
    )


PAGES = [
    Page("campaigns:board", read={ANY: MEMBERS}),
    Page("campaigns:calendar", read={ANY: MEMBERS}),
    Page("campaigns:list", read={ANY: MEMBERS}),
    Page("campaigns:plans", read={ANY: MEMBERS}),
    Page(
        "campaigns:templates",
        read={ANY: APPROVERS},
        write={ANY: APPROVERS},
        data=lambda world, who: {
            "unit": "xx" if who == "outsider" else "co-a",
            "title": "海报",
            "by_unit": world.ids["unit-xx" if who == "outsider" else "unit-a"],
            "lead_days": "5",
        },
        done=SENT,
    ),
    Page(
        "campaigns:new",
        read={ANY: PLANNERS},
        write={ANY: PLANNERS},
        data=lambda world, who: form_of(
            "/campaigns/new/",
            PLANNERS,
            unit=PLANS_FOR.get(who, "co-a"),
            code="c-new",
            name="七月活动",
            type="weekend",
            scale="small",
            start="2024-07-06",
            end="2024-07-07",
            stores=["*"],
        )(world, who),
        done=SENT,
    ),
    Page(
        "campaigns:plan_new",
        read={ANY: PLANNERS},
        write={ANY: PLANNERS},
        data=lambda world, who: form_of(
            "/campaigns/plans/new/", PLANNERS, unit=PLANS_FOR.get(who, "co-a"), name="七月"
        )(world, who),
        done=SENT,
    ),
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
    Page(
        "campaigns:edit",
        read={"draft": PLAN, "june": PLAN},
        write={"draft": PLAN},
        known={"draft": SEE_A, "june": SEE_JUNE},
        objects=DRAFT,
        data=form_of("/campaigns/show/c-draft/edit/", name="七月活动改"),
        done=SENT,
        refused=CLOSED,
    ),
    june(
        "tasks",
        reads=True,
        data=form_of("/campaigns/show/c-plan/tasks/", **{"task__title": "物料", "task__due": "2024-06-01"}),
    ),
    june("tasks_generate", reads=False),
    june(
        "results",
        reads=True,
        data=form_of("/campaigns/show/c-plan/results/", channel="wx", date="2024-05-14", clicks="9"),
    ),
    # What the form of a reading and of the goals lacks, a notice tells on the campaign's page.
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
    Page(
        "campaigns:plan_edit",
        read={"draft": PLAN, "june": PLAN},
        write={"draft": PLAN},
        known={"draft": SEE_A, "june": SEE_A},
        objects=DRAFT_PLAN,
        data=form_of("/campaigns/plans/{plan-draft}/edit/", name="七月改"),
        done=SENT,
        refused=CLOSED,
    ),
    Page(
        "campaigns:note",
        read={"june": PLAN},
        write={"june": PLAN},
        known={"june": SEE_A},
        objects=PLAN_OBJECTS,
        data=form_of("/campaigns/plans/{plan-june}/notes/", subject="competitor", text="对手在降价"),
        done=SENT,
    ),
    Page(
        "campaigns:plan_goals",
        write={"june": PLAN},
        known={"june": SEE_A},
        objects=PLAN_OBJECTS,
        done=SENT,
    ),
    Page(
        "campaigns:plan_act",
        read={"june": APPROVE},
        write={"june": APPROVE},
        known={"june": SEE_A},
        objects={name: {**one, "act": "approve"} for name, one in PLAN_OBJECTS.items()},
        data=lambda world, who: {"reason": "可行"},
    ),
    # A change of what is approved, by the leader: those with the right decide, never whoever proposed it.
    Page(
        "campaigns:change",
        read={"held": APPROVE},
        write={"held": APPROVE},
        known={"held": SEE_A},
        objects={
            "held": {"code": "c-held", "pk": "campaign-change"},
            MISSING: {"code": "c-held", "pk": "no-row"},
        },
        data=lambda world, who: {"decision": "approve", "remark": "可行"},
    ),
    Page(
        "campaigns:plan_change",
        read={"held": APPROVE},
        write={"held": APPROVE},
        known={"held": SEE_A},
        objects={
            "held": {"pk": "plan-held", "change": "plan-change"},
            MISSING: {"pk": "plan-held", "change": "no-row"},
        },
        data=lambda world, who: {"decision": "approve", "remark": "可行"},
    ),
]
