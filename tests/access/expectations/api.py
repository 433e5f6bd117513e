"""The API: the same rows for the same people as on the pages (interfaces.md §4)."""

from collections.abc import Mapping
from typing import Any

from tests.access.matrix import ANY, MISSING, Data, Page, nothing
from tests.access.personas import CO, LEADING, MEMBERS, NOBODY, SEES, SIGNED_IN, WHOLE, Who, who
from tests.access.world import upload

#: Act money.read.
MONEY = who("director", "finance", "auditor")
#: For whom the rules of co-a hold, and who answers for co-a.
OF_CO_A = who("staff", "peer", "below", "leader") | WHOLE
COMPUTE = who("manager", "director", "finance", "hr", "admin")
LOCK = who("finance", "director")


def rows(name: str, list_for: Who, *, sent: Data | None = None, **seen: tuple[Any, Who]) -> list[Page]:
    """A resource: its list, to which ``sent`` adds a row, and single rows by relation with who sees them."""
    objects: Mapping[str, Any] = {relation: {"pk": key} for relation, (key, _who) in seen.items()}
    readers = {relation: people for relation, (_key, people) in seen.items()}
    return [
        Page(
            f"api:{name}-list",
            read={ANY: list_for},
            write={ANY: list_for} if sent else None,
            data=sent or nothing,
            api=True,
        ),
        Page(f"api:{name}-detail", read=readers, objects={**objects, MISSING: {"pk": "no-row"}}, api=True),
    ]


def _april(world: Any, who: str) -> dict[str, Any]:
    return {"month": "2024-04", "unit": "co"}


PAGES = [
    # Everybody logs for themselves.
    *rows(
        "logs",
        MEMBERS,
        sent=lambda world, who: {"date": "2024-05-14", "platform": "t-bar", "activity": "post", "count": 2},
        own=("l-own", SEES["staff"]),
        peer=("l-peer", SEES["peer"]),
        leader=("l-leader", SEES["leader"]),
        below=("l-below", SEES["below"]),
        other_unit=("l-other", SEES["other"]),
        other_organisation=("l-outsider", SEES["outsider"]),
        locked=("l-locked", SEES["staff"]),
    ),
    *rows("quotas", MEMBERS, own_unit=("quota", OF_CO_A)),
    *rows("attainment", MEMBERS, own=("attainment", SEES["staff"])),
    *rows("scores", MEMBERS, own=("score", SEES["staff"])),
    # As on their pages: also those with a task in it.
    *rows(
        "campaigns",
        MEMBERS,
        own_unit=("campaign-a", who("leader") | WHOLE),
        task=("campaign-plan", who("staff", "leader") | WHOLE),
    ),
    *rows("uplifts", LEADING, own_unit=("uplift", who("leader") | WHOLE)),
    *rows("store-days", LEADING),
    *rows("articles", LEADING),
    *rows("findings", MEMBERS, editor=("fi-1", SEES["staff"]), planner=("fi-2", SEES["other"])),
    *rows(
        "settlements", MEMBERS, own=("settlement", CO), other_organisation=("settlement-xx", who("outsider"))
    ),
    # The stored result: act money.read on the whole organisation.
    Page(
        "api:settlements-result",
        read={"own": MONEY},
        objects={"own": {"pk": "settlement"}, MISSING: {"pk": "no-row"}},
        api=True,
    ),
    # One's own amount, and by right.
    *rows("payouts", MEMBERS, own=("payout", MONEY | {"staff"})),
    *rows("funds", MONEY, own=("fund", MONEY)),
    *rows(
        "jobs",
        MEMBERS,
        own=("job-co", WHOLE - {"auditor"}),
        other_organisation=("job-xx", who("outsider")),
    ),
    Page(
        "api:person-quotas",
        read={"own": SEES["staff"], "other unit": SEES["other"], "other organisation": SEES["outsider"]},
        objects={
            "own": {"staff_no": "p-staff"},
            "other unit": {"staff_no": "p-other"},
            "other organisation": {"staff_no": "x-outsider"},
            MISSING: {"staff_no": "nobody"},
        },
        api=True,
    ),
    # Act month.roll_up; the outsider may in another organisation, and does not see this one.
    Page("api:roll-ups", write={ANY: COMPUTE}, data=_april, api=True),
    Page("api:imports", write={ANY: MEMBERS}, data=lambda world, who: {"file": upload()}, api=True),
    Page(
        "api:imports-accept",
        write={"own": who("hr")},
        objects={"own": {"pk": "import-hr"}, MISSING: {"pk": "no-row"}},
        api=True,
    ),
    # Act month.export.
    Page("api:exports", write={ANY: MONEY}, data=_april, api=True),
    # Act month.lock; April is not approved, which is said (409).
    Page(
        "api:locks",
        write={ANY: LOCK},
        data=lambda world, who: {**_april(world, who), "reason": "年末"},
        done=frozenset({409}),
        api=True,
    ),
    Page("api:schema", read={ANY: SIGNED_IN}, api=True),
    Page("api:docs", read={ANY: SIGNED_IN}),
    # Every address of the API that is none: the same answer for everybody.
    Page("api:not-there", read={ANY: NOBODY}, public=True, api=True),
]
