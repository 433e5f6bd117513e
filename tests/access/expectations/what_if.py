"""Trials: pools for those who read the money of the whole, scores also for those who rate; drafts by both.

Nothing is written anywhere: a POST checks the numbers and leads to an address that shows them.
"""

from tests.access.matrix import MISSING, Page
from tests.access.personas import who

APRIL = "?month=2024-04&unit=co"
#: act money.read on the whole organisation
MONEY = who("director", "finance", "auditor")
#: act rating.enter on some unit of it
RATES = who("leader", "other-leader", "manager", "director", "hr")
#: act rules.edit, which shows drafts, with a right to see the scores that they would have changed
REPLAYS = who("manager", "director", "hr")
TRIALS = {"pools": {}, "scores": {}, MISSING: {}}
ADDRESSES = {
    "pools": f"{APRIL}&view=pools",
    "scores": f"{APRIL}&view=scores",
    MISSING: "?month=2024-04&unit=nothing",
}

PAGES = [
    Page(
        "whatif:show",
        read={"pools": MONEY, "scores": MONEY | RATES},
        write={"pools": MONEY, "scores": MONEY | RATES},
        objects=TRIALS,
        query=ADDRESSES,
    ),
    Page(
        "whatif:replay",
        read={"open": REPLAYS, "submitted": REPLAYS},
        write={"open": REPLAYS, "submitted": REPLAYS},
        objects={
            "open": {"pk": "draft-open"},
            "submitted": {"pk": "draft-submitted"},
            MISSING: {"pk": "no-row"},
        },
        data=lambda world, who: {"on": "2024-03"},
    ),
    # Only whoever asked for a replay sees it.
    Page(
        "whatif:replayed",
        read={"asked": who("director")},
        objects={"asked": {"pk": "replay"}, MISSING: {"pk": "no-row"}},
    ),
]
