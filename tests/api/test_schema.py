"""The description of the API is valid and whole, and its page works under the strict policy."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from core.access import declared
from opscenter.api_urls import urlpatterns, version_1
from tests.people import People


@pytest.fixture(scope="module")
def schema() -> dict:
    return SchemaGenerator().get_schema(request=None, public=True)


def test_description_is_valid_and_needs_no_guessing() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_every_address_is_described_and_says_who_may_open_it(schema: dict) -> None:
    described = {path.partition("/api/v1/")[2] for path in schema["paths"]}

    assert len(described) == len({str(one.pattern) for one in version_1})
    assert [one for one in (*version_1, *urlpatterns[1:]) if declared(one.callback) is None] == []


def test_every_operation_tells_its_errors_and_writes_take_a_key(schema: dict) -> None:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            answers = operation["responses"]
            assert {"400", "401", "403", "404", "406", "429"} <= set(answers), (method, path)
            assert operation["description"], (method, path)
            names = {parameter["name"] for parameter in operation.get("parameters", ())}
            writes = method == "post" and not path.endswith("/exports/")
            assert ("Idempotency-Key" in names) is writes, (method, path)
            if method == "post":
                assert {"409", "413", "415"} <= set(answers)


def test_exact_numbers_are_text(schema: dict) -> None:
    amount = schema["components"]["schemas"]["Payout"]["properties"]["amount"]

    assert (amount["type"], amount["format"]) == ("string", "decimal")


def test_description_is_given_as_yaml_and_json_to_those_signed_in(people: People, client) -> None:
    signed_in = people.client("staff")

    assert client.get(reverse("api:schema")).status_code == 401
    assert signed_in.get(reverse("api:schema")).content.startswith(b"openapi: 3.0.3")
    assert signed_in.get(reverse("api:schema"), {"format": "json"}).json()["openapi"] == "3.0.3"
    assert client.get(reverse("api:docs")).status_code == 302


def test_page_keeps_the_strict_policy(people: People) -> None:
    answer = people.client("staff").get(reverse("api:docs"))

    assert answer.status_code == 200
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert b"<style" not in answer.content
