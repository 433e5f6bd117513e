"""The verification of logs: those with the right on the person's unit, never about a row of their own."""

from typing import Any

from tests.access.expectations.logs import OBJECTS, VERIFY_A, VERIFY_B
from tests.access.matrix import ANY, MISSING, Page
from tests.access.personas import Who, who

VERIFIES = VERIFY_A | VERIFY_B | {"outsider"}
#: A row is verified where one has log.verify, never one's own.
DECIDE: dict[str, Who] = {
    "own": VERIFY_A,
    "peer": VERIFY_A,
    "leader": VERIFY_A - {"leader"},
    "below": VERIFY_A,
    "other unit": VERIFY_B,
    "locked": VERIFY_A,
}
#: Of what a unit has, those who verify there.
UNITS: dict[str, Who] = {
    "own unit": VERIFY_A,
    "other unit": VERIFY_B,
    "other organisation": who("outsider"),
}
ASKED = {
    "own unit": "?unit=co-a",
    "other unit": "?unit=co-b",
    "other organisation": "?unit=xx",
    MISSING: "?unit=no",
}
SAMPLES: dict[str, Any] = {"own unit": {"pk": "sample-a"}, MISSING: {"pk": "no-row"}}


def drawing(unit: str) -> Any:
    """The form that draws a sample of a unit's May."""
    return lambda world, who: {"unit": unit, "month": "2024-05"}


PAGES = [
    Page("verification:queue", read={ANY: VERIFIES}),
    Page("verification:show", read=DECIDE, objects=OBJECTS),
    Page(
        "verification:decide",
        write=DECIDE,
        objects=OBJECTS,
        # Who logged the row sees it, and reads that nobody verifies their own.
        known={"leader": who("leader"), "other organisation": who("outsider")},
        data=lambda world, who: {"verdict": "accepted", "seen": "0"},
        locked=frozenset({"locked"}),
    ),
    Page(
        "verification:decide_many",
        write={ANY: VERIFY_A},
        data=lambda world, who: {"row": [str(world.ids["l-peer"])], "verdict": "accepted"},
    ),
    Page(
        "verification:sample",
        read=UNITS,
        write=UNITS,
        objects={relation: {} for relation in ASKED},
        query=ASKED,
        data={relation: drawing(query.partition("=")[2]) for relation, query in ASKED.items()},
        # Where nothing waits that could be drawn, the page says so.
        done=frozenset({302, 422}),
    ),
    Page("verification:sample_show", read={"own unit": VERIFY_A}, objects=SAMPLES),
    Page(
        "verification:sample_act",
        write={"own unit": VERIFY_A},
        objects=SAMPLES,
        data=lambda world, who: {"act": "enlarge"},
    ),
]
