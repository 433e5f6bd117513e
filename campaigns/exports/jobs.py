"""The job that imports an export of a platform: checked first, then accepted with the same bytes."""

from collections import defaultdict
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.exports.conversion import (
    ArticleRow,
    Known,
    Wanted,
    code_of_url,
    convert,
    read_articles,
)
from campaigns.exports.headings import find_layout
from campaigns.models import Article
from core import registry
from core.exceptions import RuleViolation
from core.interchange.jobs import Prepared, run_import
from core.job_context import JobContext
from core.months import Month
from core.spreadsheets.sniffing import read_any
from departments.models import Unit

PLATFORM_EXPORT = "platform_export"
UNKNOWN_EXPORT = _(
    "This is no list of articles that is known: among the first rows there must be headings such as "
    "内容标题, 发表时间 and 总阅读人数."
)
NOT_ARTICLES = _("The file was recognised (%(kind)s), but it holds no articles. Export the list of articles.")
LAYOUT_NAMES = {"wechat_flow": _("traffic by channel"), "wechat_growth": _("followers by day")}
#: days around the file's articles within which articles that stand are looked up
SLACK = timedelta(days=1)


def import_export(context: JobContext) -> None:
    """Import the stored file ``file`` for the unit ``unit``; see ``conversion.Wanted``."""
    wanted = Wanted(
        unit=str(context.arguments["unit"]),
        kind=str(context.arguments.get("kind", "")),
        counted_on=date.fromisoformat(str(context.arguments["counted_on"])),
    )
    run_import(context, lambda data: prepare(data, wanted))


def prepare(data: bytes, wanted: Wanted) -> Prepared:
    """The rows of an export.  Raises ``RuleViolation`` for a file that is none."""
    for sheet in read_any(data):
        found = find_layout(sheet)
        if found is None:
            continue
        if not found.layout.count:
            raise RuleViolation("not_articles", NOT_ARTICLES, kind=LAYOUT_NAMES[found.layout.code])
        reading = read_articles(found, wanted)
        return convert(found, reading, wanted, known_articles(wanted.unit, reading.rows))
    raise RuleViolation("unknown_export", UNKNOWN_EXPORT)


def known_articles(unit_code: str, rows: list[ArticleRow]) -> Known:
    """The articles of the unit around the days of the rows, and those with their addresses: two queries."""
    unit = Unit.objects.without_tree_fields().filter(code=unit_code).first()
    if unit is None:
        raise RuleViolation("unknown_unit", _("There is no unit “%(unit)s”."), unit=unit_code)
    locked: dict[int, set[Month]] = defaultdict(set)
    for root, month in registry.providers["frozen_months"]():
        locked[root].add(Month.of(month))
    days = [row.published for row in rows]
    by_title: dict[tuple[date, str], str] = {}
    codes: set[str] = set()
    if days:
        addresses = {code_of_url(row.url) for row in rows if row.url}
        near = Q(published__range=(min(days) - SLACK, max(days) + SLACK)) & (
            Q(unit=unit) | Q(unit__isnull=True, root_id=unit.root_id)
        )
        for code, published, title in (
            Article.objects.filter(near).order_by("pk").values_list("code", "published", "title")
        ):
            by_title.setdefault((published, title), code)
        codes = set(Article.objects.filter(code__in=addresses).values_list("code", flat=True))
    return Known(codes, by_title, locked[unit.root_id or unit.pk])
