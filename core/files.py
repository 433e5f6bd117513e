"""Private files: kept under a random name, handed out only by a view that asks who may read them.

A kind of file registers who may read it besides its owner: ``register_kind("evidence", may_read)``.
"""

import hashlib
from collections.abc import Callable
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction

from core.exceptions import NotVisible
from core.models import StoredFile, User
from core.registry import Registry

MayRead = Callable[[User, StoredFile], bool]

kinds: "Registry[MayRead]" = Registry("kind of file")


def register_kind(name: str, may_read: MayRead) -> str:
    """Announce a kind of file and who may read it besides its owner."""
    kinds.register(name, may_read)
    return name


@transaction.atomic
def file_store(*, owner: User | None, kind: str, name: str, content: bytes, content_type: str) -> StoredFile:
    """Keep ``content``; raises ``KeyError`` for a kind nobody registered.

    When the transaction is rolled back the row is gone; the bytes left on the disk belong to no row.
    """
    kinds[kind]
    stored = StoredFile(
        kind=kind,
        name=name[-200:],
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        owner=owner,
    )
    stored.file.save(name, ContentFile(content), save=False)
    stored.save()
    return stored


def file_read(*, reader: User, key: UUID | str) -> StoredFile:
    """The file with a key that ``reader`` may read; else ``NotVisible``, as for a key that does not exist."""
    stored = StoredFile.objects.filter(key=key).first()
    if stored is None:
        raise NotVisible("no_such_file")
    may_read = kinds.get(stored.kind)
    if reader.is_authenticated and (
        stored.owner_id == reader.pk or (may_read is not None and may_read(reader, stored))
    ):
        return stored
    raise NotVisible("no_such_file")


def content_of(stored: StoredFile) -> bytes:
    """The bytes of a file.  Raises ``NotVisible`` when they are not those that were stored."""
    with stored.file.open("rb") as source:
        content: bytes = source.read()
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise NotVisible("file_changed")
    return content
