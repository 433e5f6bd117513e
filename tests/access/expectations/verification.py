"""The verification of logs: those with the right on the person's unit, never about a row of their own."""

from typing import Any

from tests.access.expectations.logs import VERIFY_A, VERIFY_B
from tests.access.matrix import ANY, MISSING, Page
from tests.access.personas import NOBODY, SEES, Who, who
from tests.access.world import World

#: Act log.verify, somewhere: leaders, managers, directors.
VERIFIERS = who("leader", "other-leader", "manager", "director", "outsider")
ROWS = {
    "staff": {"pk": "l-own"},
    "below": {"pk": "l-below"},
    "leader": {"pk": "l-leader"},
    "other unit": {"pk": "l-other"},
    "other organisation": {"pk": "l-outsider"},
    "locked": {"pk": "l-locked"},
    MISSING: {"pk": "no-row"},
}
#: Nobody decides on their own row: the leader's goes to those above, the outsider's to nobody here.
DECIDE: dict[str, Who] = {
    "staff": VERIFY_A,
    "below": VERIFY_A,
    "leader": VERIFY_A - {"leader"},
    "other unit": VERIFY_B,
    "other organisation": NOBODY,
    "locked": VERIFY_A,
}
#: Those whose own row it is see it among their logs; a refusal may say so.
OWN: dict[str, Who] = {"leader": SEES["leader"], "other organisation": SEES["outsider"]}
SAMPLE = {"co-a": {"pk": "sample-a"}, MISSING: {"pk": "no-row"}}


def _accept(world: World, who: str) -> dict[str, Any]:
    return {"verdict": "accepted", "reason": "", "seen": "0"}


def _ticked(world: World, who: str) -> dict[str, Any]:
    return {"verdict": "accepted", "reason": "", "row": [world.ids["l-peer"]]}


PAGES = [
    Page("verification:queue", read={ANY: VERIFIERS}),
    Page("verification:show", read=DECIDE, objects=ROWS),
    Page(
        "verification:decide",
        write=DECIDE,
        known=OWN,
        objects=ROWS,
        data=_accept,
        locked=frozenset({"locked"}),
    ),
    Page("verification:decide_many", write={ANY: VERIFY_A}, data=_ticked),
    # co-b has a row that waits, and each organisation its own.
    Page(
        "verification:sample",
        read={ANY: VERIFIERS},
        write={ANY: VERIFY_B},
        data=lambda world, who: {"unit": "co-b", "month": "2024-05"},
    ),
    Page("verification:sample_show", read={"co-a": VERIFY_A}, objects=SAMPLE),
    Page(
        "verification:sample_act",
        write={"co-a": VERIFY_A},
        objects=SAMPLE,
        data=lambda world, who: {"act": "enlarge"},
    ),
]
