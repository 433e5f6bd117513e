"""The rows that are drawn in one go: nothing that somebody typed becomes markup."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context
from django.test import RequestFactory
from django.utils.translation import override

from core.months import Month
from core.templatetags.ui import pill, progress, unit_options
from kpi.calculations.standing import cell, standing
from kpi.selectors.team import Member, TeamLine
from kpi.templatetags.verification import queue_rows, risk_lines
from opscenter.templatetags.matrix import attainment_cells, score_items, team_cells

TYPED = "<script>\"'&"
SAFE = "&lt;script&gt;&quot;&#x27;&amp;"


@pytest.fixture(autouse=True)
def english() -> Any:
    with override("en"):
        yield


def entry(**changed: Any) -> Any:
    named = SimpleNamespace(name=TYPED, unit=SimpleNamespace(name=TYPED))
    given = {
        "pk": 7,
        "seen": 2,
        "date": date(2024, 5, 15),
        "staff": named,
        "platform": SimpleNamespace(name=TYPED),
        "handle": TYPED,
        "count": 1200,
        "url": "javascript:alert(1)",
        "note": TYPED,
        "evidence_id": 3,
        "risk": 0,
    }
    return SimpleNamespace(**{**given, **changed})


def queue(**changed: Any) -> str:
    context = Context({"request": RequestFactory().get("/verification/")})
    lines = [{"entry": entry(**changed), "activity": TYPED, "risks": []}]
    return queue_rows(context, lines, "/verification/?q=<b>")


def test_row_of_the_queue_holds_what_was_typed_as_text() -> None:
    row = queue()
    assert "<script" not in row
    # The name twice (once in the words of the box), unit, platform, activity, account, note.
    assert row.count(SAFE) == 7
    assert "× 1,200" in row
    assert 'value="/verification/?q=&lt;b&gt;"' in row
    assert "?back=/verification/%3Fq%3D%3Cb%3E" in row
    assert row.count('name="csrfmiddlewaretoken"') == 2
    assert "Not looked at for risks yet." in row


def test_only_web_addresses_become_links() -> None:
    assert 'href="javascript' not in queue()
    row = queue(url="https://example.com/" + "x" * 60)
    assert 'rel="noopener noreferrer nofollow"' in row
    assert "x" * 60 in row
    assert "…</a>" in row


def test_row_without_more_says_no_more() -> None:
    row = queue(handle="", url="", note="", evidence_id=None, risk=1)
    assert "Screenshot" not in row
    assert "oc-link" not in row
    assert "Not looked at" not in row


def test_risks_name_the_other_row() -> None:
    risk = {"label": TYPED, "sentence": TYPED, "tone": "bad", "amount": Decimal("4.25"), "other": entry()}
    drawn = risk_lines([risk])
    assert "<script" not in drawn
    assert "(4.3)" in drawn
    assert "oc-pill bad" in drawn
    assert risk_lines([]) == ""


def team_line() -> TeamLine:
    done = cell("r&1", Decimal(10), Decimal(2), Decimal("0.2"), Fraction(1, 2))
    return TeamLine(Member(1, "p&1", TYPED, TYPED), [(TYPED, done), (TYPED, None)], standing([done]))


def test_cell_of_a_team_leads_to_its_rows_or_to_its_steps() -> None:
    live = team_cells(team_line(), Month(2024, 5), "/logs/?a=1", TYPED, live=True)
    assert 'href="/logs/?a=1&amp;staff=p%261&amp;rule=r%261"' in live
    assert "<script" not in live
    assert f'title="{SAFE} 5"' in live
    assert "<small>2 / 10</small>" in live
    assert live.count("<td") == 2
    assert "oc-team-none" in live
    stored = team_cells(team_line(), Month(2024, 5), "", TYPED, live=False)
    assert 'href="/month/2024-05/people/p&amp;1/#rule-r%261"' in stored


def test_cells_of_a_month_and_items_of_a_score() -> None:
    done = SimpleNamespace(applicable=True, credited=Decimal(2), target=Decimal(10), rate=Decimal("0.2"))
    other = SimpleNamespace(applicable=False)
    drawn = attainment_cells([(done, "far"), (None, "none"), (other, "none")])
    assert 'class="oc-rate far" title="2 / 10">20.00%<' in drawn
    assert drawn.count("<td") == 3
    item = SimpleNamespace(name=TYPED, rate=None, score=None, weight=Decimal(25))
    assert score_items([item]) == f'<span title="—"><small>{SAFE}</small> —<small>/25</small></span>'


def test_words_bars_and_units() -> None:
    assert pill(TYPED, "good") == f'<span class="oc-pill good">{SAFE}</span>\n'
    assert 'class="oc-progress full" max="1" value="1.5000"' in progress(Decimal(3), TYPED, 2)
    assert progress(Decimal(3), TYPED, 0) == '<span class="oc-faint">—</span>\n'
    units = [SimpleNamespace(code="a", label=TYPED), SimpleNamespace(code="b", label="B")]
    assert unit_options(units, "b") == (
        f'<option value="a">{SAFE}</option><option value="b" selected>B</option>'
    )
