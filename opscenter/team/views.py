"""The pages of a unit: its people against their quotas, and its daily totals.  Rule: YJ-29, KQ-15."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe
from openpyxl import Workbook
from openpyxl.styles import Font

from core.access import access
from core.lists import XLSX
from core.spreadsheets.writer import cell_style, file_name, save_bytes, sheet_title, styled_cell
from departments.permissions import LEADING, reach_of
from kpi.selectors.team import BEHIND, NAME, NUMBER, TeamBoard, TeamScope, team_board
from kpi.selectors.team_days import (
    MOST_WAITING,
    people_without_log,
    team_totals,
    unit_days,
    waiting_count,
)
from opscenter.team.requests import frame, requested_scope
from opscenter.team.selectors import computed_at

SORTS = {
    NUMBER: gettext_lazy("by staff number"),
    NAME: gettext_lazy("by name"),
    BEHIND: gettext_lazy("most behind first"),
}
LONGEST_TEXT = 60


@access(LEADING)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """People × quota rules, coloured by pace; above it what needs the leader."""
    scope = requested_scope(request)
    computed = computed_at(scope)
    text, order = request.GET.get("q", "").strip()[:LONGEST_TEXT], request.GET.get("sort", NUMBER)
    export = request.GET.get("export") == "xlsx"
    board = team_board(
        scope,
        text=text,
        order=order,
        page=request.GET.get("page", "1"),
        computed=timezone.localdate(computed) if computed else None,
        whole=export,
    )
    if export:
        return _workbook(_("Team"), scope, _matrix(board))
    reach = reach_of(scope.user)
    verifies = reach.allows("log.verify", scope.unit.pk)
    waiting = waiting_count(scope) if verifies else 0
    context = {
        **frame(scope, "team:show"),
        "board": board,
        "computed_at": computed,
        "text": text,
        "order": order,
        "sorts": SORTS.items(),
        "missing": people_without_log(scope, 1).count() if scope.running else None,
        "verifies": verifies,
        "waiting": waiting,
        "waiting_more": waiting == MOST_WAITING,
        "rates": reach.allows("rating.enter", scope.unit.pk),
    }
    return render(request, "team/show.html", context)


def _matrix(board: TeamBoard) -> list[list[Any]]:
    head = [_("Staff number"), _("Person"), _("Unit")]
    head += [name for _code, name in board.rules]
    lines: list[list[Any]] = [[*head, _("Mean"), _("Rules behind")]]
    for line in board.lines:
        person, mean = line.person, line.standing.mean
        rates = [cell.rate if cell else None for _name, cell in line.cells]
        known: list[Any] = [person.staff_no, person.name, person.unit]
        lines.append([*known, *rates, mean, line.standing.behind])
    return lines


@access(LEADING)
@require_safe
def totals(request: HttpRequest) -> HttpResponse:
    """Daily totals by channel and unit, beside the month before."""
    scope = requested_scope(request)
    found = team_totals(scope, request.GET.get("channel", ""))
    if request.GET.get("export") == "xlsx":
        return _workbook(_("Daily totals"), scope, _totals_lines(scope, found.channel))
    labels, now, before = found.line
    context = {
        **frame(scope, "team:totals"),
        "found": found,
        "chart": {
            "labels": labels,
            "series": [
                {"name": str(scope.month), "values": now, "tone": "c1", "area": True},
                {"name": str(scope.before), "values": before, "tone": "c3", "dashed": True},
            ],
        },
    }
    return render(request, "team/totals.html", context)


def _totals_lines(scope: TeamScope, channel: str) -> list[list[Any]]:
    names = {option.code: option.name for option in scope.options}
    head = [_("Day"), _("Unit"), _("Channel"), pgettext("of a table", "Rows"), _("Count")]
    lines = unit_days(scope, channel)
    return [
        head,
        *([day, names.get(unit, unit), name, rows, count] for day, unit, name, rows, count in lines),
    ]


def _workbook(title: str, scope: TeamScope, lines: list[list[Any]]) -> HttpResponse:
    """The lines as a workbook with a head that stays."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(sheet_title(title))
    head, plain = cell_style(workbook, font=Font(bold=True)), cell_style(workbook)
    sheet.freeze_panes = "A2"
    for at, line in enumerate(lines):
        sheet.append([styled_cell(sheet, value, plain if at else head) for value in line])
    answer = HttpResponse(save_bytes(workbook, created=timezone.now()), content_type=XLSX)
    name = file_name(title, scope.unit.name, str(scope.month))
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
