"""The site does not start with a page that says nothing about who may open it."""

from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import Client

from core.models import User
from opscenter import access_checks


def test_every_page_of_the_site_declares_its_access() -> None:
    assert access_checks.declared_access(None) == []


def test_page_without_declaration_stops_the_start(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.opscenter.shell_urls"
    found = [one for one in run_checks() if one.id == "opscenter.E003"]
    assert sorted(one.msg.split("'")[1] for one in found) == [
        "deny/",
        "fail/",
        "parts/",
        "refuse/<str:how>/",
        "suspect/",
    ]
    assert all(one.is_serious() for one in found)


def test_pages_of_libraries_are_left_to_them() -> None:
    names = {name for name, _view in access_checks.own_pages()}
    assert not {name for name in names if name.startswith(("admin:", "account_", "mfa_", "usersessions_"))}
    assert {"home", "search:show", "month:show"} <= names


def test_limits_counted_per_process_are_a_warning(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    assert [one.id for one in access_checks.shared_limits(None)] == ["opscenter.W004"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
    assert access_checks.shared_limits(None) == []


@pytest.mark.parametrize(("flags", "status"), [({}, 302), ({"is_staff": True}, 200)])
def test_administration_is_open_to_the_staff_flag_only(people: Any, flags: Any, status: int) -> None:
    for who in ("staff", "manager", "director", "finance", "hr", "auditor", "admin", "outsider"):
        User.objects.filter(pk=people.user(who).pk).update(**flags)
        assert people.client(who).get("/admin/").status_code == status, who


def test_signed_in_health_page_costs_session_person_and_one_query(
    client: Client, db: None, django_assert_num_queries: Any
) -> None:
    assert client.get("/healthz/session")["Location"].startswith("/accounts/login/")
    client.force_login(User.objects.create_user("lin"))
    with django_assert_num_queries(3):
        assert client.get("/healthz/session").json() == {"status": "ok"}
