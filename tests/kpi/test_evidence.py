"""Screenshots: what is no picture is refused, what is kept is only the picture, who may read it."""

import struct
import zlib
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from core.exceptions import NotVisible, RuleViolation
from core.files import content_of, file_read, file_store
from core.models import StoredFile
from kpi.models import EvidenceImage, LogEntry, Platform
from kpi.services.evidence import LARGEST_FILE, decoded, difference_hash, evidence_store
from kpi.services.logs import NewLog, logs_add
from kpi.services.points import EVIDENCE as OTHER_KIND
from tests.people import MONTH
from tests.people.refusals import refused

MAKE, ORIENTATION = 0x010F, 0x0112


def drawn(form: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    """A picture that is dark on the left and light on the right."""
    picture = Image.linear_gradient("L").rotate(90).resize(size).convert(mode)
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 30,000 points wide and high."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def store(people: Any, who: str = "staff", content: bytes = b"") -> StoredFile:
    return evidence_store(owner=people.user(who), name="a/截图.png", content=content or drawn())


def attach(people: Any, evidence: StoredFile, who: str = "staff") -> LogEntry:
    row = NewLog(
        date=MONTH.first.replace(day=15),
        platform=Platform.objects.get(code="t-bar"),
        activity="post",
        count=1,
        evidence=evidence,
    )
    return logs_add(actor=people.user(who), staff=people.staff(who), rows=[row], key=uuid4().hex)[0]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_read(form: str) -> None:
    assert decoded(drawn(form)).size == (60, 40)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_pictures_of_every_mode_become_colours(mode: str) -> None:
    found = decoded(drawn(mode=mode))
    assert (found.mode, found.size) == ("RGB", (60, 40))


def test_what_can_be_seen_through_is_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(out, "PNG")
    assert decoded(out.getvalue()).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7 \x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0 disguised as a photo",
        drawn("GIF"),
        drawn("BMP"),
        drawn("TIFF"),
        drawn(size=(600, 400))[:900],
        drawn("JPEG", size=(600, 400))[:1500],
        bomb(),
        b"\x00" * (LARGEST_FILE + 1),
    ],
    ids=["empty", "svg", "pdf", "disguised", "gif", "bmp", "tiff", "cut", "cut-jpeg", "bomb", "large"],
)
def test_what_is_no_whole_picture_is_refused(people: Any, content: bytes) -> None:
    with refused(RuleViolation, "no_screenshot"):
        evidence_store(owner=people.user("staff"), name="a.png", content=content)
    assert not StoredFile.objects.filter(kind="evidence").exists()
    assert not EvidenceImage.objects.exists()


@pytest.mark.parametrize(("form", "height"), [("JPEG", 5001), ("PNG", 3751), ("WEBP", 1251)])
def test_a_picture_with_too_many_points_is_refused(form: str, height: int) -> None:
    out = BytesIO()
    Image.new("L" if form == "JPEG" else "RGB", (8000, height)).save(out, form)
    with refused(RuleViolation, "no_screenshot"):
        decoded(out.getvalue())


@pytest.mark.parametrize(("form", "mode"), [("JPEG", "RGB"), ("PNG", "P"), ("PNG", "RGB")])
def test_a_large_picture_is_made_small(form: str, mode: str) -> None:
    found = decoded(drawn(form, mode, (5000, 2500)))
    assert found.size == (2200, 1100)


def test_only_the_picture_is_kept(people: Any) -> None:
    exif = Image.Exif()
    exif[MAKE] = "secret maker"
    exif[ORIENTATION] = 6  # lies on its side
    stored = store(people, content=drawn("JPEG", exif=exif))
    content = content_of(stored)
    assert b"secret" not in content
    with Image.open(BytesIO(content)) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (40, 60), {})
    assert (stored.name, stored.content_type, stored.kind) == ("截图.jpg", "image/jpeg", "evidence")
    image = EvidenceImage.objects.get(file=stored)
    assert (image.width, image.height, len(image.sha256)) == (40, 60, 64)


def test_the_same_look_has_the_same_hash() -> None:
    """Each point is darker than its right neighbour: all 64 bits are set, or none in a mirror."""
    for form, size in (("PNG", (600, 400)), ("JPEG", (900, 600)), ("WEBP", (300, 200))):
        assert difference_hash(decoded(drawn(form, size=size))) == "f" * 16
    mirrored = decoded(drawn(size=(600, 400))).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert difference_hash(mirrored) == "0" * 16


def test_the_row_makes_the_picture_readable_to_those_who_see_the_row(people: Any) -> None:
    stored = store(people)
    for who in ("leader", "peer"):
        with refused(NotVisible, "no_such_file"):
            file_read(reader=people.user(who), key=stored.key)
    attach(people, stored)
    for who in ("staff", "leader", "manager"):
        assert file_read(reader=people.user(who), key=stored.key) == stored
    for who in ("peer", "other-leader", "outsider"):
        with refused(NotVisible, "no_such_file"):
            file_read(reader=people.user(who), key=stored.key)


def test_nobody_takes_over_a_file_of_somebody_else(people: Any) -> None:
    foreign = store(people, "other")
    paper = file_store(
        owner=people.user("staff"),
        kind=OTHER_KIND,
        name="a.pdf",
        content=b"%PDF-",
        content_type="application/pdf",
    )
    before = LogEntry.objects.count()
    for evidence in (foreign, paper):
        with refused(NotVisible, "no_such_file"):
            attach(people, evidence)
    assert LogEntry.objects.count() == before
    with refused(NotVisible, "no_such_file"):
        file_read(reader=people.user("staff"), key=foreign.key)


def test_the_picture_of_a_row_is_shown_as_a_picture(people: Any) -> None:
    entry = attach(people, store(people))
    url = reverse("logs:image", args=[entry.pk])
    answer = people.client("leader").get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == "inline"
    assert answer.content.startswith(b"\xff\xd8\xff")
    for who in ("peer", "other-leader", "outsider"):
        assert people.client(who).get(url).status_code == 404
    bare = LogEntry.objects.get(row_id="l-own")
    assert people.client("staff").get(reverse("logs:image", args=[bare.pk])).status_code == 404


def form(**given: Any) -> dict[str, Any]:
    return {
        "key": f"web-{uuid4().hex}",
        "date": "2024-05-15",
        "platform": "t-bar",
        "activity": "post",
        "count": 2,
        **given,
    }


def test_a_screenshot_comes_with_the_form(people: Any) -> None:
    picture = SimpleUploadedFile("截图.png", drawn(), "image/png")
    answer = people.client("staff").post(reverse("logs:add"), form(screenshot=picture))
    assert answer.status_code == 302
    entry = LogEntry.objects.latest("pk")
    assert entry.evidence is not None
    assert entry.evidence.owner == people.user("staff")


def test_a_bad_screenshot_is_told_beside_its_field_and_nothing_is_kept(people: Any) -> None:
    before = LogEntry.objects.count()
    for content in (b"no picture at all", b"\x00" * (LARGEST_FILE + 1)):
        picture = SimpleUploadedFile("a.png", content, "image/png")
        answer = people.client("staff").post(reverse("logs:add"), form(screenshot=picture))
        assert answer.status_code == 422
        assert answer.context["form"].errors["screenshot"]
    assert LogEntry.objects.count() == before
    assert not StoredFile.objects.filter(kind="evidence").exists()
