"""Keys of one's own; webhooks by act webhooks.edit (finance, admin of the organisation)."""

from tests.access.matrix import ANY, MISSING, Page
from tests.access.personas import SIGNED_IN, who

KEEPERS = who("finance", "admin")
WEBHOOK = {"own organisation": {"pk": "webhook"}, MISSING: {"pk": "no-row"}}
MESSAGE = {"own organisation": {"pk": "message"}, MISSING: {"pk": "no-row"}}
OF_WEBHOOK = {"own organisation": KEEPERS}

PAGES = [
    Page(
        "tokens:list",
        read={ANY: SIGNED_IN},
        write={ANY: SIGNED_IN},
        data=lambda world, who: {
            "name": "脚本二",
            "days": "30",
            "form_key": "55555555-5555-4555-8555-555555555555",
        },
    ),
    Page(
        "tokens:revoke",
        write={"own": who("staff")},
        objects={"own": {"pk": "token"}, MISSING: {"pk": "no-row"}},
    ),
    Page(
        "webhooks:index",
        read={ANY: KEEPERS},
        write={ANY: KEEPERS},
        data=lambda world, who: {
            "url": "https://93.184.215.14/hook",
            "events": ["month.locked"],
            "root": world.people.root.pk,
            "form_key": "66666666-6666-4666-8666-666666666666",
        },
    ),
    Page(
        "webhooks:edit",
        read=OF_WEBHOOK,
        write=OF_WEBHOOK,
        objects=WEBHOOK,
        data=lambda world, who: {"url": "https://93.184.215.14/other", "events": ["month.locked"]},
    ),
    Page("webhooks:renew", write=OF_WEBHOOK, objects=WEBHOOK),
    Page("webhooks:messages", read={ANY: KEEPERS}),
    Page("webhooks:message", read=OF_WEBHOOK, objects=MESSAGE),
    Page("webhooks:resend", write=OF_WEBHOOK, objects=MESSAGE),
]
