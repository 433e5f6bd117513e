"""The cockpit: those who read the money of a whole organisation; its sheet: those who may export it."""

from tests.access.matrix import ANY, MISSING, Page
from tests.access.personas import who

APRIL, MARCH = "2024-04", "2024-03"
OWN_UNIT = "?unit=co"
# Acts money.read and month.export on the whole organisation; the outsider, a manager, has neither in theirs.
MONEY = who("director", "finance", "auditor")

PAGES = [
    Page("cockpit:latest", read={ANY: MONEY}),
    Page(
        "cockpit:show",
        read={"published": MONEY, "locked": MONEY},
        objects={"published": {"month": APRIL}, "locked": {"month": MARCH}, MISSING: {"month": APRIL}},
        query={"published": OWN_UNIT, "locked": OWN_UNIT, MISSING: "?unit=nothing"},
    ),
    Page(
        "cockpit:dry_run",
        read={"published": MONEY, "locked": MONEY},
        objects={"published": {"month": APRIL}, "locked": {"month": MARCH}, MISSING: {"month": APRIL}},
        query={"published": OWN_UNIT, "locked": OWN_UNIT, MISSING: "?unit=nothing"},
    ),
    Page("cockpit:movers", read={ANY: MONEY}, objects={ANY: {"month": APRIL}}, query=OWN_UNIT),
    Page("cockpit:sheet", read={ANY: MONEY}, objects={ANY: {"month": APRIL}}, query=OWN_UNIT),
]
