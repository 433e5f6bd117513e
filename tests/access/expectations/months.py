"""The month: everybody of an organisation opens it, and sees their own lines in it; its acts go by right."""

from tests.access.matrix import ANY, MISSING, Page
from tests.access.personas import CO, MEMBERS, NOBODY, SEES, who

APRIL, MARCH = "2024-04", "2024-03"
OWN_UNIT = "?unit=co"

PAGES = [
    Page("month:latest", read={ANY: MEMBERS}),
    Page(
        "month:show",
        read={"computed": CO, "locked": CO},
        objects={"computed": {"month": APRIL}, "locked": {"month": MARCH}},
        query=OWN_UNIT,
    ),
    # Act month.export: finance, director, auditor.
    Page(
        "month:sheet",
        noted=True,
        read={ANY: who("finance", "director", "auditor")},
        objects={ANY: {"month": APRIL}},
        query=OWN_UNIT,
    ),
    # Act money.read on the whole organisation.
    Page(
        "month:result",
        read={ANY: who("finance", "director", "auditor")},
        objects={ANY: {"month": APRIL}},
        query=OWN_UNIT,
    ),
    # Act month.roll_up.
    Page(
        "month:roll_up",
        write={
            "computed": who("manager", "director", "finance", "hr", "admin"),
            "locked": who("manager", "director", "finance", "hr", "admin"),
        },
        known={"computed": CO, "locked": CO},
        objects={"computed": {"month": APRIL}, "locked": {"month": MARCH}},
        query=OWN_UNIT,
        locked=frozenset({"locked"}),
    ),
    # One act stands for each right; the month is published, so only ``approve`` is next.
    Page(
        "month:act",
        read={
            "review": who("manager", "hr"),
            "publish": who("manager", "hr"),
            "approve": who("director"),
            "lock": who("finance", "director"),
            "pay": who("finance"),
        },
        write={"approve": who("director")},
        objects={
            **{
                name: {"month": APRIL, "name": name}
                for name in ("review", "publish", "approve", "lock", "pay")
            },
            MISSING: {"month": APRIL, "name": "nothing"},
        },
        query=OWN_UNIT,
        data=lambda world, who: {"reason": "月末"},
    ),
    Page(
        "month:campaign",
        read={
            "own unit": SEES["peer"] - {"peer"},
            "other unit": SEES["other"] - {"other"},
            "other organisation": who("outsider"),
        },
        objects={
            "own unit": {"month": APRIL, "code": "c-a"},
            "other unit": {"month": APRIL, "code": "c-b"},
            "other organisation": {"month": APRIL, "code": "c-x"},
            MISSING: {"month": APRIL, "code": "nothing"},
        },
    ),
    Page(
        "month:person",
        read={**SEES, MISSING: NOBODY},
        objects={
            **{name: {"month": APRIL, "staff_no": f"p-{name}"} for name in SEES if name != "outsider"},
            "outsider": {"month": APRIL, "staff_no": "x-outsider"},
            MISSING: {"month": APRIL, "staff_no": "nobody"},
        },
    ),
]
