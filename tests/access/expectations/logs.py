"""The daily log: everybody for themselves; who verifies a unit's logs, for its people too."""

from typing import Any

from tests.access.matrix import ANY, MISSING, Page, nothing
from tests.access.personas import MEMBERS, NOBODY, SEES, Who, who
from tests.access.world import World

#: Act log.verify on co-a and on co-b.
VERIFY_A, VERIFY_B = who("leader", "manager", "director"), who("other-leader", "manager", "director")
ROWS = {
    "own": ("l-own", SEES["staff"]),
    "peer": ("l-peer", SEES["peer"]),
    "leader": ("l-leader", SEES["leader"]),
    "below": ("l-below", SEES["below"]),
    "other unit": ("l-other", SEES["other"]),
    "other organisation": ("l-outsider", SEES["outsider"]),
    "locked": ("l-locked", SEES["staff"]),
}
OBJECTS: dict[str, Any] = {name: {"pk": key} for name, (key, _who) in ROWS.items()} | {
    MISSING: {"pk": "no-row"}
}
#: Their own row, and those who verify it.
CORRECT: dict[str, Who] = {
    "own": VERIFY_A | {"staff"},
    "peer": VERIFY_A | {"peer"},
    "leader": VERIFY_A,
    "below": VERIFY_A | {"below"},
    "other unit": VERIFY_B | {"other"},
    "other organisation": who("outsider"),
    "locked": VERIFY_A | {"staff"},
}
#: For whom one logs, by the person named in the address.
LOG_FOR: dict[str, Who] = {
    "oneself": MEMBERS,
    "staff": VERIFY_A | {"staff"},
    "other unit": VERIFY_B | {"other"},
    "other organisation": who("outsider"),
    MISSING: NOBODY,
}
FOR = {
    "oneself": "",
    "staff": "?staff=p-staff",
    "other unit": "?staff=p-other",
    "other organisation": "?staff=x-outsider",
    MISSING: "?staff=nobody",
}
KEY = "web-" + 32 * "a"


def logging(name: str, *, reads: bool = True, data: Any = None) -> Page:
    """A page that logs for somebody."""
    objects: dict[str, Any] = {relation: {} for relation in FOR}
    read, write = (LOG_FOR if reads else None), (LOG_FOR if data else None)
    # The outsider's organisation asks for nothing on this platform, which the form says.
    return Page(
        f"logs:{name}",
        read=read,
        write=write,
        objects=objects,
        query=FOR,
        data=data or nothing,
        done=frozenset({200, 302, 422}) if name == "add" else frozenset({200, 302}),
    )


def _row(world: World, who: str) -> dict[str, Any]:
    return {"key": KEY, "date": "2024-05-14", "platform": "t-bar", "activity": "post", "count": "2"}


def _rows(world: World, who: str) -> dict[str, Any]:
    row = {"chosen": "on", "url": "", "platform": "t-bar", "activity": "post", "count": "2"}
    management = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1"}
    fields = {f"form-0-{name}": value for name, value in row.items()}
    return {"key": KEY, "date": "2024-05-14", **management, **fields}


PAGES = [
    Page("today:show", read={ANY: MEMBERS}),
    Page("today:month", read={ANY: MEMBERS}),
    Page("today:month_of", read={ANY: MEMBERS}, objects={ANY: {"month": "2024-04"}}),
    Page("logs:list", read={ANY: MEMBERS}),
    logging("add", data=_row),
    logging(
        "paste",
        data=lambda world, who: {"key": KEY, "date": "2024-05-14", "text": "https://tieba.example.cn/p/9"},
    ),
    logging("copy_yesterday"),
    logging("save_rows", reads=False, data=_rows),
    Page("logs:show", read={name: seen for name, (_key, seen) in ROWS.items()}, objects=OBJECTS),
    Page(
        "logs:correct",
        read=CORRECT,
        write=CORRECT,
        objects=OBJECTS,
        data=lambda world, who: {"key": KEY, "count": "7", "handle": "", "reason": "数错了"},
        locked=frozenset({"locked"}),
    ),
    # One row has a screenshot, which goes as its row does; of the others there is none.
    Page(
        "logs:image",
        read={"own": SEES["staff"]},
        known={name: seen for name, (_key, seen) in ROWS.items()},
        objects=OBJECTS,
    ),
    # A duty of co-a: those whose duty it is tick it, each for themselves.
    Page(
        "logs:tick",
        write={"own unit": who("staff", "peer", "leader", "below")},
        objects={"own unit": {"pk": "duty"}, MISSING: {"pk": "no-row"}},
        data=lambda world, who: {"date": "2024-05-14"},
    ),
]
