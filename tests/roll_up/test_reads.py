"""The reads of a roll-up do not grow with the number of people; results are written in batches."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from benchmarks import facts
from benchmarks.organisation import COMPANY, MONTH
from departments.models import Staff, Unit
from incentives.models import Payout
from incentives.services.roll_up import month_roll_up
from kpi.models import Attainment, Score

MOST_READS = 40
READING = ("SELECT", "WITH", "DECLARE")


class _TakenBack(Exception):
    """Leaves the transaction as if nothing had happened."""


def statements(people: int) -> tuple[list[str], dict[str, int]]:
    """The SQL of the first roll-up of a month of so many people, and how many rows it wrote."""
    try:
        with transaction.atomic():
            facts.seed(people)
            root = Unit.objects.get(code=COMPANY)
            with CaptureQueriesContext(connection) as captured:
                month_roll_up(actor=None, root=root, month=MONTH)
            texts = [query["sql"].lstrip("( \n").upper() for query in captured.captured_queries]
            written = {model.__name__: model.objects.count() for model in (Attainment, Score, Payout)}
            assert Staff.objects.count() == people
            raise _TakenBack
    except _TakenBack:
        return texts, written


@pytest.mark.django_db
def test_reads_are_as_many_for_20_people_as_for_200_and_at_most_40():
    few, few_rows = statements(20)
    many, many_rows = statements(200)

    reads = [[text for text in texts if text.startswith(READING)] for texts in (few, many)]
    # 14 rules and a score for everybody; 7 holders of the pool's roles and as many bonuses as people.
    assert few_rows == {"Attainment": 280, "Score": 20, "Payout": 27}
    assert many_rows == {"Attainment": 2800, "Score": 200, "Payout": 207}
    assert len(reads[0]) == len(reads[1]), [text[:200] for text in set(reads[1]) ^ set(reads[0])]
    assert len(reads[1]) <= MOST_READS


@pytest.mark.django_db
def test_results_are_written_in_batches():
    texts, _rows = statements(200)

    # Every statement has a limit of parameters on SQLite: 99 attainments, 58 scores, 124 bonuses each.
    inserted = [text for text in texts if text.startswith(("INSERT", "COPY"))]
    assert sum('"KPI_ATTAINMENT"' in text for text in inserted) <= 2800 // 99 + 1
    assert sum('"KPI_SCORE"' in text for text in inserted) <= 200 // 58 + 1
    assert not [text[:100] for text in texts if text.startswith("DELETE") and " IN (" in text]
