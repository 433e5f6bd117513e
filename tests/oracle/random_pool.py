"""Articles, pool schemes, findings, manuscripts and funds of a random deployment."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from .random_draw import Draw
from .rows import Row, text

ROLES = ("planner", "copy", "artist", "info", "shop", "service")
# code, scope, mode, values of the versions
FINDING_RULES = (
    ("late", "campaign", "per_case", ("0.10", "0.15")),
    ("void", "campaign", "share", ("3", "2")),
    ("files", "campaign", "percent", ("", "")),
    ("report", "campaign", "all", ("", "")),
    ("complaint", "month", "per_case", ("0.20", "0.05")),
    ("plan", "month", "share", ("3", "4")),
    ("quality", "month", "percent", ("", "")),
    ("absent", "month", "all", ("", "")),
    ("template", "year", "per_case", ("0.20", "0.10")),
    ("channel", "year", "share", ("3", "5")),
    ("yearly", "year", "percent", ("", "")),
    ("promise", "year", "all", ("", "")),
)


def add_pool_schemes(draw: Draw) -> None:
    """A scheme of one root at times with one of its departments; the other root has one at times."""
    if draw.chance(96):
        add_pool_scheme(draw, "A", "AX", "A")
    if draw.chance(35):
        add_pool_scheme(draw, "A", "AY", "A1")
    if draw.chance(50):
        add_pool_scheme(draw, "B", "BX", "B")


def add_pool_scheme(draw: Draw, root: str, code: str, unit: str) -> None:
    """A scheme with one to three versions, its roles, holders, rules and findings."""
    begins = [date(draw.first.year - 2, 1, 1)]
    if draw.chance(40):
        begins.append(draw.one([date(draw.first.year - 1, 7, 1), draw.first, draw.last]))
    if draw.chance(20):
        begins.append(draw.last + timedelta(days=1))
    roles = draw.some(ROLES, 3, 6)
    fees = draw.one([("2000", "200"), ("150", "200"), ("0", "50"), ("2000.5", "0")])
    # A scheme without roles settles nothing.
    empty = draw.chance(5)
    owners = {rule[0]: draw.one(roles) for rule in FINDING_RULES}
    for at, begin in enumerate(begins):
        reserve, shares = shares_of(draw, len(roles))
        draw.add(
            "pool_schemes",
            code=code,
            name=f"Pool {code}",
            unit=unit,
            valid_from=begin,
            rate=draw.one(["", "0.20", "0.15", "0.3333"]),
            reserve_share=reserve,
            base_year=draw.one(["", str(draw.first.year - 1), str(draw.first.year + 1)]),
            growth=draw.one(["", "0.20", "0.10", "0"]),
            activity_reach=draw.one(["", "3000", "2500"]),
            welfare_reach=draw.one(["", "1000", "800"]),
            combine=draw.one(["", "max", "sum"]),
            residual=draw.one(["", "largest_remainder", "reserve_absorbs"]),
            withheld=draw.one(["", "hold", "company", "reserve"]),
            reach_days=draw.one(["", "7", "3"]),
            monthly_fund=fees[0],
            account_fee=fees[1],
            account_fee_month=draw.one(["", str(draw.first.month), str(draw.first.month % 12 + 1)]),
            fee_employee="100",
            fee_pharmacist="200",
            fee_customer=draw.one(["200", "150.55"]),
        )
        if empty:
            continue
        add_roles(draw, code, begin, roles, shares)
        for rule, scope, mode, values in FINDING_RULES:
            draw.add(
                "finding_rules",
                scheme=code,
                valid_from=begin,
                code=rule,
                role=owners[rule],
                name=f"Finding {rule}",
                scope=scope,
                mode=mode,
                value=values[at % 2],
            )
    if not empty:
        add_holders(draw, root, code, roles)
        add_findings(draw, root, code)


def add_roles(draw: Draw, code: str, begin: date, roles: list[str], shares: list[str]) -> None:
    """The roles of one version; some without order."""
    ordered = draw.chance(70)
    for place, (role, share) in enumerate(zip(roles, shares, strict=True), 1):
        order = "" if not ordered or draw.chance(20) else str(place)
        draw.add(
            "pool_roles",
            scheme=code,
            valid_from=begin,
            role=role,
            name=f"Role {role}",
            share=share,
            order=order,
            assessor=draw.one(["gm", "vice_gm"]),
        )


def shares_of(draw: Draw, count: int) -> tuple[str, list[str]]:
    """The reserve's share and those of the roles; together exactly 1. A blank reserve is 0.20."""
    reserve = draw.one([20, 20, 10, 25, 0])
    rest = 100 - reserve
    cuts = sorted(draw.random.sample(range(1, rest), count - 1))
    if draw.chance(50):
        # Equal shares, the last takes what is over.
        cuts = [rest // count * at for at in range(1, count)]
    ends = [0, *cuts, rest]
    shares = [f"0.{after - before:02d}" for before, after in pairwise(ends)]
    return ("" if reserve == 20 and draw.chance(50) else f"0.{reserve:02d}"), shares


def add_holders(draw: Draw, root: str, code: str, roles: list[str]) -> None:
    """One holder a role; hand-overs, two at once, several periods of one person, vacancies."""
    people = [text(row, "staff_no") for row in draw.rows("staff") if text(row, "staff_no")[0] == root]
    long_ago = draw.first - timedelta(days=400)
    for role in roles:
        fate = draw.between(1, 8)
        first, *others = draw.some(people, 2, 2)
        second = others[0] if others else first
        if fate == 1:
            periods = [
                (first, long_ago, draw.first - timedelta(days=1)),
                (second, draw.last + timedelta(days=1), None),
            ]
        elif fate in (2, 3):
            handed = draw.first + timedelta(days=draw.between(1, 25))
            gap = timedelta(days=draw.one([1, 1, 3]))
            periods = [(first, long_ago, handed - gap), (second, handed, None)]
        elif fate == 4:
            periods = [(first, long_ago, None), (second, draw.one([long_ago, draw.day()]), None)]
        elif fate == 5:
            # Away for a week in the middle.
            back = draw.first + timedelta(days=17)
            periods = [(first, long_ago, draw.first + timedelta(days=9)), (first, back, None)]
            periods.append((second, draw.first + timedelta(days=10), draw.first + timedelta(days=16)))
        else:
            periods = [(first, long_ago, None)]
        known: set[tuple[str, date]] = set()
        for staff_no, start, end in periods:
            # One person never holds a role twice at once.
            if second == first and known:
                continue
            known.add((staff_no, start))
            draw.add("role_holders", scheme=code, role=role, staff_no=staff_no, start=start, end=end)


def add_findings(draw: Draw, root: str, code: str) -> None:
    """Findings of this month, of a campaign with any date, of last year, and such as do not count."""
    campaigns = [text(row, "code") for row in draw.rows("campaigns") if text(row, "code")[0] == root]
    for at in range(draw.between(0, 12)):
        rule, scope, mode, _values = draw.one(FINDING_RULES)
        if mode == "all" and draw.chance(60):
            continue
        day = draw.day()
        if scope == "year":
            day = date(
                draw.first.year - draw.one([1, 1, 1, 1, 2, 0]), draw.between(1, 12), draw.between(1, 28)
            )
        elif draw.chance(15):
            day -= timedelta(days=31)
        campaign = draw.one(campaigns) if campaigns and scope == "campaign" else ""
        if scope == "campaign" and not campaign:
            continue
        draw.add(
            "findings",
            id=f"{code}F{at:02d}",
            scheme=code,
            rule=rule,
            date=day,
            campaign=campaign,
            occurrences="" if mode == "percent" else draw.one(["", "", "1", "2", "3", "6"]),
            percent=draw.one(["0.25", "0.5", "0.333", "1"]) if mode == "percent" else "",
            note="note",
            status="confirmed" if draw.chance(80) else draw.one(["", "proposed", "withdrawn"]),
        )


def add_articles(draw: Draw) -> None:
    """Articles of both kinds in the month and around it; typed readers, a reading, or neither."""
    kinds = draw.one(
        [["activity"], ["activity", "activity", "welfare"], ["activity", "welfare"], ["welfare"]]
    )
    if draw.chance(80):
        kinds = ["activity", *kinds, "welfare"]
    for at, kind in enumerate(kinds):
        add_article(draw, f"T{at}", kind, draw.day())
    add_article(draw, "T8", "welfare", draw.first - timedelta(days=2))


def add_article(draw: Draw, code: str, kind: str, published: date) -> None:
    """One article with its readers, typed or read off."""
    campaigns = [text(row, "code") for row in draw.rows("campaigns")]
    unit = draw.one(["A", "A", "A1", "A11", "B", "", ""])
    reach = 3000 if kind == "activity" else 1000
    readers = str(reach * draw.between(40, 130) // 100 + draw.between(0, 9))
    typed = draw.chance(75)
    draw.add(
        "articles",
        code=code,
        unit=unit,
        published=published,
        title=f"Article {code}",
        kind=kind,
        campaign=draw.one(campaigns) if draw.chance(50) else "",
        readers=readers if typed else "",
    )
    if draw.chance(30 if typed else 15):
        return
    for age in (1, 3, 7, 8):
        count = int(readers) * (age + 5) // 13
        draw.add("article_readings", article=code, date=published + timedelta(days=age), readers=count)


def add_funds(draw: Draw) -> None:
    """Openings, manuscripts by all kinds of authors, and what was spent and released."""
    codes = sorted({text(row, "code") for row in draw.rows("pool_schemes")})
    for code in codes:
        rich = draw.chance(50)
        for fund in ("maintenance", "reserve", "withheld"):
            if rich or draw.chance(20):
                total = draw.decimal(30000, 40000, 2) if rich else draw.decimal(0, 300, 2)
                add_entry(
                    draw, code, fund, draw.first - timedelta(days=draw.one([0, 1, 20])), "opening", total
                )
            # A fund falls never below 0: only the rich ones spend.
            for _entry in range(draw.between(0, 2) if rich else 0):
                kind = "release" if fund == "withheld" else "spend"
                add_entry(draw, code, fund, draw.day(after=2), kind, draw.decimal(1, 900, 2))
    if codes:
        for at in range(draw.between(1, 9)):
            add_manuscript(draw, f"W{at}", codes)


def add_entry(draw: Draw, scheme: str, fund: str, day: date, kind: str, total: str) -> Row:
    """One fund entry."""
    number = f"E{len(draw.rows('fund_entries')):02d}"
    return draw.add(
        "fund_entries", id=number, scheme=scheme, fund=fund, date=day, kind=kind, amount=total, note="n"
    )


def add_manuscript(draw: Draw, number: str, codes: list[str]) -> None:
    """One manuscript; without scheme only where staff or the only scheme name one."""
    kind = draw.one(["employee", "pharmacist", "customer"])
    settled = [row for row in draw.rows("staff") if not moves(draw, row) and text(row, "staff_no")[0] == "A"]
    person = draw.one(settled)
    own = text(person, "staff_no") if kind == "employee" else ""
    named = draw.one(codes)
    if draw.chance(50) and (len(codes) == 1 or (own and "AX" in codes)):
        named = ""
    status = draw.one(["", "submitted", "accepted", "published", "published", "published", "refused"])
    written = draw.day(before=5)
    published = written + timedelta(days=draw.between(0, 9)) if draw.chance(70) else None
    draw.add(
        "manuscripts",
        id=number,
        date=written,
        title=f"Manuscript {number}",
        author_kind=kind,
        author=f"Author {number}",
        staff_no=own,
        characters="350",
        status=status,
        published=published if status == "published" else None,
        scheme=named,
    )


def moves(draw: Draw, person: Row) -> bool:
    """Whether the person has assignments."""
    return any(row["staff_no"] == person["staff_no"] for row in draw.rows("assignments"))
