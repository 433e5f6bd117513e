"""Backups: what is written can be checked, restored, and a damaged one is refused."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core import audit
from core.backup import MANIFEST, backup_make, backup_problems, backup_restore
from core.exceptions import RuleViolation
from core.models import AuditEvent, User

pytestmark = [pytest.mark.clause("KQ-32"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def files(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    (tmp_path / "media" / "evidence").mkdir(parents=True)
    (tmp_path / "media" / "evidence" / "a").write_bytes(b"picture")
    return tmp_path / "media"


@pytest.fixture
def folder(tmp_path, files):
    User.objects.create_user("keeper")
    return tmp_path / "backup"


def test_backup_is_sound_and_says_what_it_holds(folder):
    manifest = backup_make(folder)

    assert manifest["tables"]["core_user"] == 1
    assert list(manifest["files"]) == ["evidence/a"]
    assert manifest["audit_head"] == audit.head()
    assert backup_problems(folder) == []


def test_restore_brings_back_rows_and_files(folder, files):
    backup_make(folder)
    User.objects.create_user("later")
    (files / "evidence" / "a").unlink()
    (files / "evidence" / "b").write_bytes(b"later")

    backup_restore(folder, replace=True)

    assert list(User.objects.values_list("username", flat=True)) == ["keeper"]
    assert [path.name for path in (files / "evidence").iterdir()] == ["a"]


def test_restore_over_data_needs_a_word(folder):
    backup_make(folder)
    User.objects.create_user("later")

    with pytest.raises(RuleViolation) as refused:
        backup_restore(folder)

    assert refused.value.code == "not_empty"
    assert User.objects.count() == 2


@pytest.mark.parametrize("victim", ["database", "file", "extra", "manifest", "count"])
def test_damaged_backup_is_found_and_not_restored(folder, victim):
    manifest = backup_make(folder)
    dump = next(path for path in folder.iterdir() if path.name.startswith("database"))
    if victim == "database":
        dump.write_bytes(dump.read_bytes()[:-100])
    elif victim == "file":
        (folder / "files" / "evidence" / "a").write_bytes(b"Picture")
    elif victim == "extra":
        (folder / "files" / "evidence" / "c").write_bytes(b"")
    elif victim == "manifest":
        (folder / MANIFEST).write_text("{")
    else:
        manifest["tables"]["core_user"] += 1
        (folder / MANIFEST).write_text(json.dumps(manifest))
    User.objects.create_user("later")

    assert len(backup_problems(folder)) == 1
    with pytest.raises(RuleViolation):
        backup_restore(folder, replace=True)
    assert User.objects.count() == 2


def test_commands_write_check_and_refuse(folder, capsys):
    call_command("backup", str(folder))
    call_command("verify_backup", str(folder))
    with pytest.raises(CommandError):
        call_command("backup", str(folder))
    with pytest.raises(CommandError):
        call_command("verify_backup", str(folder.parent))
    call_command("restore", str(folder), "--replace")

    assert str(folder) in capsys.readouterr().out


def test_append_only_rows_survive_a_restore_with_their_guard(folder):
    audit.register_action("test.kept", "kept")
    try:
        audit.record(actor=None, action="test.kept")
        backup_make(folder)
        backup_restore(folder, replace=True)

        assert AuditEvent.objects.filter(action="test.kept").count() == 1
        with pytest.raises(Exception, match="append"), connection.cursor() as cursor:
            cursor.execute("DELETE FROM core_auditevent")
    finally:
        audit.actions._items.pop("test.kept")


def test_scratch_database_is_gone_after_a_check(folder):
    backup_make(folder)
    backup_problems(folder)

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM pg_database WHERE datname LIKE 'opscenter_check_%'")
            assert cursor.fetchone() == (0,)
    else:
        assert {path.name for path in Path(folder).iterdir()} == {"database.sqlite3", "files", MANIFEST}
