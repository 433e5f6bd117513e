"""The organisation is open to all its people; rules to those for whom they hold or who answer for them."""

from tests.access.forms import shown_form
from tests.access.matrix import ANY, MISSING, Data, Page
from tests.access.personas import CO, LEADING, MEMBERS, WHOLE, who
from tests.access.world import World

OUTSIDER = who("outsider")
#: Act rules.edit.
EDITORS = who("manager", "director", "hr", "admin")
#: For whom the rules of co-a hold, and who answers for co-a.
OF_CO_A = who("staff", "peer", "below", "leader") | WHOLE
#: Who has rules of their own to read: quotas or a scheme of their unit, or a role of the pool.
BOUND = who("staff", "peer", "below", "leader", "other", "other-leader")
DRAFTS = {"submitted": {"pk": "draft-submitted"}, "open": {"pk": "draft-open"}, MISSING: {"pk": "no-row"}}


def _draft_form(world: World, who: str) -> dict[str, object]:
    page = world.client("manager").get("/rules/drafts/new/?kind=quota_rules&code=co-a:q-answer")
    return shown_form(page.content)


def _form_of(draft: str) -> Data:
    """The form of a draft as its author sees it."""
    return lambda world, who: shown_form(
        world.client("manager").get(f"/rules/drafts/{world.ids[draft]}/").content
    )


def _acknowledgement(world: World, who: str) -> dict[str, object]:
    if who not in MEMBERS:
        return {"month": "2024-05", "digest": ""}
    return shown_form(world.client(who).get("/rules/mine/").content)


PAGES = [
    Page("org:chart", read={ANY: MEMBERS}),
    Page("org:people", read={ANY: MEMBERS}),
    Page("org:documents", read={ANY: MEMBERS}),
    Page(
        "org:unit",
        read={"own organisation": CO, "other organisation": OUTSIDER},
        objects={
            "own organisation": {"code": "co-b"},
            "other organisation": {"code": "xx"},
            MISSING: {"code": "nothing"},
        },
    ),
    # Name, unit and position of everybody of the organisation; what is beyond, the page itself tests.
    Page(
        "org:person",
        read={"own organisation": CO, "other organisation": OUTSIDER},
        objects={
            "own organisation": {"staff_no": "p-other"},
            "other organisation": {"staff_no": "x-outsider"},
            MISSING: {"staff_no": "nobody"},
        },
    ),
    Page(
        "org:document",
        read={"own organisation": CO},
        objects={"own organisation": {"number": "CO-01"}, MISSING: {"number": "nothing"}},
    ),
    Page("rules:list", read={ANY: MEMBERS}),
    Page(
        "rules:show",
        read={"own unit": OF_CO_A, "whole organisation": CO},
        objects={
            "own unit": {"kind": "quota_rules", "code": "co-a:q-post"},
            "whole organisation": {"kind": "pool_schemes", "code": "ps-1"},
            MISSING: {"kind": "quota_rules", "code": "nothing"},
        },
    ),
    Page("rules:mine", read={ANY: MEMBERS}),
    Page("rules:acknowledge", write={ANY: BOUND}, known={ANY: MEMBERS}, data=_acknowledgement),
    Page("rules:acknowledgements", read={ANY: LEADING}),
    # A new version of a rule of co-a.
    Page(
        "rules:draft_new",
        read={ANY: EDITORS},
        write={ANY: EDITORS},
        query="?kind=quota_rules&code=co-a:q-answer",
        data=_draft_form,
    ),
    # Only the author changes a draft; others are led to what it changes.
    Page(
        "rules:draft",
        read={"submitted": EDITORS, "open": EDITORS},
        write={"open": who("manager"), "submitted": who("manager")},
        objects=DRAFTS,
        data={"open": _form_of("draft-open"), "submitted": _form_of("draft-submitted")},
        refused=frozenset({302, 403, 404, 409, 422}),
    ),
    Page("rules:draft_compare", read={"submitted": EDITORS, "open": EDITORS}, objects=DRAFTS),
    # The author submits; a second time changes nothing; somebody else activates.
    Page(
        "rules:draft_submit",
        write={"open": who("manager")},
        known={"submitted": EDITORS, "open": EDITORS},
        objects=DRAFTS,
        refused=frozenset({302, 403, 404, 409}),
    ),
    Page(
        "rules:draft_activate",
        write={"submitted": EDITORS - {"manager"}},
        known={"submitted": EDITORS, "open": EDITORS},
        objects=DRAFTS,
        data=lambda world, who: {"reason": "新季度", "digest": world.digests["draft-submitted"]},
    ),
    Page(
        "rules:draft_discard",
        write={"submitted": EDITORS, "open": EDITORS},
        objects=DRAFTS,
        data=lambda world, who: {"discard-reason": "不再需要"},
    ),
]
