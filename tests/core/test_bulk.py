"""Rows written without model objects arrive as they were given."""

import json

import pytest

from core.bulk import insert_rows
from departments.models import Activity
from kpi.models import Platform


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["a\tb", "a\nb", "a\rb", "back\\slash", "\\N", "\\.", "=1+1", "'quoted\"", "空 间", ""]
)
def test_text_arrives_unchanged(text):
    insert_rows(Activity, ("code", "name"), [("x", text)])

    assert list(Activity.objects.values_list("code", "name")) == [("x", text)]


@pytest.mark.django_db
def test_json_dates_and_absent_values_arrive_as_the_column_holds_them():
    domains = ["a\\b", 'say "hi"', "x\ny"]
    row = ("p", "平台", "forum", json.dumps(domains), "2024-02-29", None)

    insert_rows(Platform, ("code", "name", "kind", "domains", "opened", "closed"), [row])

    found = Platform.objects.get()
    assert (found.domains, found.opened.isoformat(), found.closed) == (domains, "2024-02-29", None)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 1, 499, 500, 1001])
def test_any_number_of_rows_can_be_written(number):
    insert_rows(Activity, ("code", "name"), [(f"c{row}", f"n{row}") for row in range(number)])

    assert Activity.objects.count() == number


@pytest.mark.django_db
def test_a_name_that_is_no_column_is_refused():
    with pytest.raises(ValueError, match="accounts is no column of Platform"):
        insert_rows(Platform, ("accounts",), [(1,)])
