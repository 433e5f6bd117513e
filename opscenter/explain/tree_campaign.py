"""A campaign's pool as a tree: what it came from, and to whom it went.

Pure.  Rule: calculation.md §4: paid + withheld + reserve = pool, to the 分.
"""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from core.months import Month
from core.templatetags.ui import money
from incentives.models import PoolShare
from opscenter.explain.selectors_campaign import SharedPool
from opscenter.explain.tree import Node
from opscenter.explain.tree_payout import pool_node, role_node, scheme_clause


def shared_node(shared: SharedPool, uplift: Node, month: Month) -> Node:
    """The pool, the uplift it is made of, and how it is shared out."""
    pool = shared.basis.pool
    return pool_node(shared.basis, uplift).with_children(
        (
            *pool_node(shared.basis, uplift).children,
            Node(
                label=_("How it is shared out"),
                figure=money(pool.amount),
                formula=_("paid %(paid)s + withheld %(held)s + reserve %(reserve)s = %(amount)s")
                % {
                    "paid": money(pool.paid),
                    "held": money(pool.held),
                    "reserve": money(pool.reserve),
                    "amount": money(pool.amount),
                },
                clause=scheme_clause(shared.basis),
                children=(
                    *(_role_node(share, shared, month) for share in shared.shares),
                    Node(
                        label=_("Withheld"),
                        figure=money(pool.held),
                        note=str(pool.scheme.get_withheld_display()),
                    ),
                    Node(label=_("Reserve"), figure=money(pool.reserve)),
                ),
            ),
        )
    )


def _role_node(share: PoolShare, shared: SharedPool, month: Month) -> Node:
    """A role with its deductions and, for each holder, the way to their own payout."""
    node = role_node(shared.basis, share.role, share.steps, None)
    code = shared.basis.pool.campaign.code
    holders = tuple(
        Node(
            label=shared.names.get(one["staff_no"], one["staff_no"]),
            figure=money(Decimal(one["amount"])),
            note=_("%(days)s days in post") % {"days": one["days"]},
            url=reverse("explain:payout", args=[month, one["staff_no"], code, share.role.role]),
        )
        for one in share.steps["holders"]
    )
    return Node(
        label=share.role.name,
        figure=money(share.payout),
        formula=node.formula,
        note=node.note,
        tone="warn" if share.vacant else "",
        children=(*node.children, *holders),
    )
