"""Private files: who gets them, and that their bytes are those that were stored."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from core.exceptions import NotVisible
from core.files import content_of, file_read, file_store, kinds, register_kind
from core.models import StoredFile, User


@pytest.fixture(autouse=True)
def letters(settings, tmp_path):
    """A kind of file that only people called reader may read besides its owner."""
    settings.MEDIA_ROOT = tmp_path
    register_kind("letter", lambda reader, _stored: reader.username == "reader")
    yield
    kinds._items.pop("letter")


@pytest.fixture
def letter(db):
    owner = User.objects.create_user("owner")
    return file_store(owner=owner, kind="letter", name="信.txt", content=b"text", content_type="text/plain")


def test_owner_and_those_the_kind_names_may_read(letter):
    reader = User.objects.create_user("reader")

    assert file_read(reader=letter.owner, key=letter.key) == letter
    assert file_read(reader=reader, key=letter.key) == letter
    assert content_of(letter) == b"text"


def test_anybody_else_gets_the_answer_for_a_missing_file(letter):
    stranger = User.objects.create_user("stranger")

    with pytest.raises(NotVisible) as denied:
        file_read(reader=stranger, key=letter.key)
    with pytest.raises(NotVisible) as missing:
        file_read(reader=stranger, key="00000000-0000-4000-8000-000000000000")

    assert str(denied.value) == str(missing.value)


def test_file_name_on_disk_says_nothing(letter):
    assert "信" not in letter.file.name
    assert letter.file.name == f"letter/{letter.key}"
    assert letter.sha256 == "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1"


def test_changed_bytes_are_not_handed_out(letter):
    letter.file.storage.delete(letter.file.name)
    letter.file.storage.save(letter.file.name, ContentFile(b"forged"))

    with pytest.raises(NotVisible):
        content_of(letter)


def test_download_page_answers_only_those_who_may_read(letter, client):
    address = reverse("file", args=[letter.key])

    assert client.get(address).status_code == 302
    client.force_login(User.objects.create_user("stranger"))
    assert client.get(address).status_code == 404
    client.force_login(letter.owner)
    response = client.get(address)

    assert response.content == b"text"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E4%BF%A1.txt"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_unknown_kind_is_refused_and_keeps_nothing(db):
    with pytest.raises(KeyError):
        file_store(owner=None, kind="nothing", name="x", content=b"x", content_type="text/plain")

    assert not StoredFile.objects.exists()
