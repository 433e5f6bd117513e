"""Proof that the ledger of a locked month is what its results post: no row more, less, or other.

Rule: calculation.md §5 (sources = uses), §4 step 7.
"""

from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from core.money import ZERO
from core.months import Month
from core.templatetags.ui import money
from departments.models import Unit
from finance.models import AccountKind, FundMonth, Transfer
from incentives.services.ledger import AccountName, balances, month_postings

#: so many differences are named; a damaged ledger may have thousands
MOST_NAMED = 20
#: postings that a month's results make; others belong to openings, taxes and payments
KINDS = ("pool", "reserve", "withheld", "payout", "bonus", "adjustment")
CARRIED = "carried"

Row = tuple[AccountName, AccountName, Decimal]


def ledger_problems(root: Unit, month: Month) -> list[str]:
    """What differs between the postings of a locked month and its results, a sentence each."""
    expected: dict[str, Row] = {
        f"{root.code}/{month}/{one.reference}": (_name(one.source), _name(one.target), one.amount)
        for one in month_postings(root, month)
        if one.amount
    }
    found: dict[str, Row] = {}
    kinds: dict[str, str] = {}
    rows = Transfer.objects.filter(root=root, month=month.first).values_list(
        "reference", "source__kind", "source__key", "target__kind", "target__key", "amount", "kind"
    )
    for reference, source, source_key, target, target_key, amount, kind in rows.iterator(chunk_size=5000):
        found[reference] = ((source, source_key), (target, target_key), amount)
        kinds[reference] = kind
    problems = []
    for reference in sorted(expected.keys() | found.keys()):
        wanted, posted = expected.get(reference), found.get(reference)
        if wanted is not None and posted != wanted:
            problems.append(_differs(reference, wanted, posted))
        elif wanted is None and kinds[reference] in KINDS:
            problems.append(_("The posting %(reference)s belongs to no result.") % {"reference": reference})
    problems = _shortened(problems)
    return problems + _pools_problems(root, month) + _funds_problems(root, month)


def _name(account: AccountName) -> AccountName:
    return str(account[0]), account[1]


def _differs(reference: str, wanted: Row, posted: Row | None) -> str:
    if posted is None:
        return _("The posting %(reference)s of %(amount)s is missing.") % {
            "reference": reference,
            "amount": money(wanted[2]),
        }
    if posted[2] != wanted[2]:
        return _("The posting %(reference)s says %(posted)s instead of %(wanted)s.") % {
            "reference": reference,
            "posted": money(posted[2]),
            "wanted": money(wanted[2]),
        }
    return _("The posting %(reference)s moves money between other accounts.") % {"reference": reference}


def _shortened(problems: list[str]) -> list[str]:
    rest = len(problems) - MOST_NAMED
    if rest <= 0:
        return problems
    return [*problems[:MOST_NAMED], _("… and %(count)s more") % {"count": rest}]


def _pools_problems(root: Unit, month: Month) -> list[str]:
    """What went into the account of each pool has left it."""
    rows = Transfer.objects.filter(root=root, month=month.first)
    sums: dict[str, Decimal] = {}
    for side, sign in (("target", 1), ("source", -1)):
        pools = rows.filter(Q(**{f"{side}__kind": AccountKind.POOL})).order_by()
        for key, total in pools.values_list(f"{side}__key").annotate(total=Sum("amount")):
            sums[key] = sums.get(key, ZERO) + sign * total
    return [
        _("The pool of %(campaign)s is not empty: %(rest)s is left.") % {"campaign": key, "rest": money(rest)}
        for key, rest in sorted(sums.items())
        if rest
    ]


def _funds_problems(root: Unit, month: Month) -> list[str]:
    """Each fund's account holds what the month left in it; nothing, when it handed that on at the lock."""
    held = balances(root, before=month.plus(1))
    handed_on = set(
        Transfer.objects.filter(root=root, month=month.first, kind=CARRIED).values_list(
            "source__kind", "source__key"
        )
    )
    problems = []
    for row in FundMonth.objects.filter(root=root, month=month.first).select_related("fund"):
        account = (str(row.fund.kind), row.fund.scheme_code)
        closing = ZERO if account in handed_on else row.closing
        if held.get(account, ZERO) != closing:
            problems.append(
                _("The ledger of %(fund)s holds %(held)s instead of %(closing)s.")
                % {"fund": row.fund, "held": money(held.get(account, ZERO)), "closing": money(closing)}
            )
    return problems
