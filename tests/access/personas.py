"""Who asks.  The people are those of ``tests.people``; sets are named as the specification names them.

Who responsible for which unit: ``leader`` for co-a and below, ``other_leader`` for co-b; manager, director,
finance, hr, auditor and admin for the whole of co; ``outsider`` for the whole of another organisation.
"""

Who = frozenset[str]


def who(*names: str) -> Who:
    return frozenset(names)


#: signed out; signed in without a staff record
SIGNED_OUT, STRANGER = "signed-out", "stranger"
#: reaches everything, has no staff record and so no line of their own
SUPERUSER = "superuser"
STAFF = who("staff", "peer", "below", "other")
LEADERS = who("leader", "other-leader")
#: responsible for the whole of co
WHOLE = who("manager", "director", "finance", "hr", "auditor", "admin")
CO = STAFF | LEADERS | WHOLE
MEMBERS = CO | {"outsider"}
SIGNED_IN = MEMBERS | {STRANGER}
EVERYBODY = SIGNED_IN | {SIGNED_OUT}
#: more than ``staff`` on some unit; the outsider is a manager
LEADING = LEADERS | WHOLE | {"outsider"}
NOBODY: Who = frozenset()

#: Whose rows who sees: one's own, and those of the units one is responsible for (architecture.md §3).
SEES: dict[str, Who] = {
    "staff": who("staff", "leader") | WHOLE,
    "peer": who("peer", "leader") | WHOLE,
    "below": who("below", "leader") | WHOLE,
    "leader": who("leader") | WHOLE,
    "other": who("other", "other-leader") | WHOLE,
    "outsider": who("outsider"),
}
