"""Manuscripts and funds: by role in the scheme, by right, by link without sign-in; never one's own."""

from typing import Any

from django.core.cache import cache

from tests.access.matrix import ANY, MISSING, Page
from tests.access.personas import EVERYBODY, LEADERS, MEMBERS, NOBODY, WHOLE, who
from tests.access.world import World

#: The author is ``below``.  ``staff`` is the editor, ``other`` the planner, ``peer`` the contact: they screen
#: and vote; those responsible for the whole see all.
ROUTED = who("staff", "peer", "other")
SEES = ROUTED | WHOLE | {"below"}
STEPS = {
    name: {"pk": f"manuscript-{name}"} for name in ("screening", "returned", "voting", "accepted", "guest")
} | {MISSING: {"pk": "no-row"}}
SEE_ALL = dict.fromkeys(("screening", "returned", "voting", "accepted"), SEES) | {"guest": SEES - {"below"}}
LINKERS = who("manager", "director")
#: Act fund.request: somewhere in the organisation; the outsider's organisation has no fund here.
ASKERS = LEADERS | {"manager", "director", "hr", "finance"}
READERS = who("director", "finance", "auditor")
SEE_REQUEST = READERS | {"leader"}


def _quiet(world: World, relation: str) -> None:
    """The limits of guests are counted in the cache, which no test undoes."""
    cache.clear()


def _manuscript(world: World, who: str) -> dict[str, Any]:
    key = "55555555-5555-4555-8555-555555555555"
    return {"kind": "employee", "title": "夜班", "text": "柜台前的第一百次，您慢走", "key": key}


def _guest(world: World, who: str) -> dict[str, Any]:
    page = world.client("signed-out").get(f"/manuscripts/by-link/{world.ids['guest-token']}/")
    return {
        "key": page.context["form"].new_key(),
        "kind": "customer",
        "name": "吴桂兰",
        "contact": "",
        "title": "我家的小药箱",
        "text": "跟着药师学看说明书",
        "consent": "on",
        "website": "",
    }


def _receipt(world: World, who: str) -> dict[str, Any]:
    return {"reference": world.ids["guest-reference"], "code": world.ids["guest-code"]}


PAGES = [
    Page("manuscripts:list", read={ANY: MEMBERS}),
    # Whoever is on the staff; the outsider's organisation has no scheme that pays.
    Page(
        "manuscripts:new",
        read={ANY: MEMBERS},
        write={ANY: MEMBERS - {"outsider"}},
        data=_manuscript,
        refused=frozenset({403, 404, 409, 422}),
    ),
    Page("manuscripts:show", read=SEE_ALL, objects=STEPS),
    Page(
        "manuscripts:edit",
        read=dict.fromkeys(("screening", "returned", "voting", "accepted"), who("below")),
        write={"returned": who("below")},
        objects=STEPS,
        data=lambda world, who: {"title": "夜班灯", "text": "雨夜里，药店的灯一直亮着"},
    ),
    # The author, before the decision.
    Page(
        "manuscripts:withdraw",
        write=dict.fromkeys(("screening", "returned", "voting"), who("below")),
        known=SEE_ALL,
        objects=STEPS,
    ),
    # The holder of the role: the editor for employees, the contact for guests.
    Page(
        "manuscripts:screen",
        write={"screening": who("staff"), "guest": who("peer")},
        known=SEE_ALL,
        objects=STEPS,
        data=lambda world, who: {"act": "pass", "remark": ""},
    ),
    Page(
        "manuscripts:vote",
        # On the accepted one these two have voted for it; saying so again changes nothing.
        write={"voting": ROUTED, "accepted": who("staff", "other")},
        known=SEE_ALL,
        objects=STEPS,
        data=lambda world, who: {"choice": "for", "remark": ""},
    ),
    # Act manuscript.accept; one has voted already.
    Page("manuscripts:close", write={"voting": LINKERS}, known=SEE_ALL, objects=STEPS),
    # Who screens, who votes, act manuscript.accept.
    Page(
        "manuscripts:publish",
        write={"accepted": ROUTED | LINKERS},
        known=SEE_ALL,
        objects=STEPS,
        data=lambda world, who: {"day": "2024-05-15", "address": ""},
    ),
    # A guest's contact: who screens, who publishes, act month.pay.
    Page(
        "manuscripts:contact",
        write={"guest": ROUTED | LINKERS | {"finance"}},
        known=SEE_ALL,
        objects=STEPS,
        data=lambda world, who: {"reason": "核对笔名"},
    ),
    Page(
        "manuscripts:links",
        read={ANY: LINKERS | {"outsider"}},
        write={ANY: LINKERS},
        data=lambda world, who: {
            "scheme": "ps-1",
            "name": "海报",
            "days": "30",
            "key": "66666666-6666-4666-8666-666666666666",
        },
        refused=frozenset({404, 422}),
    ),
    Page(
        "manuscripts:revoke",
        write={"co": LINKERS},
        objects={"co": {"pk": "guest-link"}, MISSING: {"pk": "no-row"}},
    ),
    # By a live link everybody, also signed out; a revoked one is no page for anybody.
    Page(
        "manuscripts:receive",
        read={"live": EVERYBODY},
        write={"live": EVERYBODY},
        objects={
            "live": {"token": "guest-token"},
            "revoked": {"token": "guest-token-revoked"},
            MISSING: {"token": "nothing"},
        },
        data=_guest,
        public=True,
        prepare=_quiet,
    ),
    Page(
        "manuscripts:sent",
        read={"own": EVERYBODY},
        objects={"own": {"receipt": "guest-receipt"}, MISSING: {"receipt": "nothing"}},
        public=True,
    ),
    # The number and the code are the right; asking changes nothing.
    Page(
        "manuscripts:state",
        read={ANY: EVERYBODY},
        write={ANY: EVERYBODY},
        data=_receipt,
        public=True,
        prepare=_quiet,
    ),
    Page(
        "manuscripts:state_revise",
        write={ANY: NOBODY},
        known={ANY: EVERYBODY},
        data=lambda world, who: {**_receipt(world, who), "title": "夜班", "text": "还没有退回，不能改"},
        public=True,
        prepare=_quiet,
    ),
    Page("manuscripts:state_end", write={ANY: EVERYBODY}, data=_receipt, public=True, prepare=_quiet),
    Page("funds:index", read={ANY: ASKERS | READERS | {"outsider"}}),
    # Act money.read on the organisation.
    Page(
        "funds:show",
        read={"co": READERS},
        objects={"co": {"pk": "fund-maintenance"}, MISSING: {"pk": "no-row"}},
    ),
    Page(
        "funds:new",
        read={ANY: ASKERS | {"outsider"}},
        write={ANY: ASKERS},
        data=lambda world, who: {
            "fund": world.ids["fund-maintenance"],
            "amount": "80",
            "purpose": "图片素材",
            "key": "77777777-7777-4777-8777-777777777777",
        },
        refused=frozenset({404, 422}),
    ),
    Page(
        "funds:request",
        read={"leader": SEE_REQUEST},
        objects={"leader": {"pk": "request-leader"}, MISSING: {"pk": "no-row"}},
    ),
    # Act fund.approve, never who asked.
    Page(
        "funds:approve",
        write={"leader": who("director", "finance")},
        known={"leader": SEE_REQUEST},
        objects={"leader": {"pk": "request-leader"}, MISSING: {"pk": "no-row"}},
        data=lambda world, who: {"day": "2024-05-15"},
    ),
    Page(
        "funds:refuse",
        write={"leader": who("director", "finance")},
        known={"leader": SEE_REQUEST},
        objects={"leader": {"pk": "request-leader"}, MISSING: {"pk": "no-row"}},
        data=lambda world, who: {"reason": "先用完上次的"},
    ),
    Page(
        "funds:withdraw",
        write={"leader": who("leader")},
        known={"leader": SEE_REQUEST},
        objects={"leader": {"pk": "request-leader"}, MISSING: {"pk": "no-row"}},
    ),
]
