"""What the tests of manuscripts share: the rules of ``ps-1``, and manuscripts on their way.

``staff`` holds the editor's role of ``ps-1`` and ``other`` the planner's; here ``peer`` holds the contact's.
Employees' manuscripts of 10 to 20 characters go through the editor, the others' through the contact; planner,
editor and contact vote.
"""

from datetime import date
from typing import Any
from uuid import uuid4

from core.models import AuditEvent
from incentives.models import Manuscript, ManuscriptRule, RoleHolder, VoteChoice
from incentives.services.manuscripts import (
    Draft,
    manuscript_publish,
    manuscript_screen,
    manuscript_submit,
    manuscript_vote,
)
from incentives.services.submissions import Guest, Receipt, link_create, manuscript_receive

#: twelve characters
TEXT = "柜台前的第一百次，您慢走"
SINCE = date(2024, 1, 1)


def rules(people: Any, **changed: Any) -> None:
    """The rules of the three kinds, and the contact's role for ``peer``."""
    given = {
        "employee": ("editor", 10, 20),
        "pharmacist": ("contact", None, None),
        "customer": ("contact", None, None),
    }
    for kind, (role, least, most) in given.items():
        ManuscriptRule.objects.create(
            scheme_code="ps-1",
            root=people.root,
            valid_from=SINCE,
            author_kind=kind,
            min_characters=least,
            max_characters=most,
            screening=role,
            **{
                "outside": "refuse",
                "criteria": "写真事",
                "voters": ["planner", "editor", "contact"],
                "pass_rule": "holders",
                **changed,
            },
        )
    RoleHolder.objects.create(
        scheme_code="ps-1",
        role="contact",
        root=people.root,
        staff=people.staff("peer"),
        start=date(2024, 5, 1),
    )


def handed_in(people: Any, who: str = "below", text: str = TEXT, **given: Any) -> Manuscript:
    draft = Draft(**{"title": "夜班", "text": text, **given})
    return manuscript_submit(actor=people.user(who), draft=draft, key=uuid4())


def voting(people: Any, who: str = "below") -> Manuscript:
    made = handed_in(people, who)
    return manuscript_screen(actor=people.user("staff"), manuscript_id=made.pk, passes=True)


def vote(
    people: Any, made: Manuscript, who: str, choice: VoteChoice = VoteChoice.FOR, remark: str = ""
) -> Manuscript:
    return manuscript_vote(actor=people.user(who), manuscript_id=made.pk, choice=choice, remark=remark)


def accepted(people: Any) -> Manuscript:
    made = voting(people)
    vote(people, made, "staff")
    return vote(people, made, "other")


def published(people: Any, day: date) -> Manuscript:
    made = accepted(people)
    return manuscript_publish(actor=people.user("other"), manuscript_id=made.pk, day=day)


def link(people: Any, days: int = 30) -> Any:
    return link_create(
        actor=people.user("manager"), scheme_code="ps-1", name="微信群", days=days, key=uuid4()
    )


def received(found: Any, kind: str = "customer", **given: Any) -> Receipt:
    draft = Draft("我家的小药箱", "跟着药师学看说明书", kind)
    guest = Guest(**{"name": "吴桂兰", "contact": "13800005678", "consent": "1/zh-hans", **given})
    return manuscript_receive(link=found, draft=draft, guest=guest, key=uuid4())


def acts() -> list[str]:
    rows = AuditEvent.objects.filter(action__startswith="manuscript.").order_by("pk")
    return list(rows.values_list("action", flat=True))
