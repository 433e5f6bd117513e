"""Screenshots: decoded, checked, drawn anew, and kept so that the same picture is found again."""

import hashlib
import warnings
from io import BytesIO

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from core.exceptions import RuleViolation
from core.files import file_store, register_kind
from core.models import StoredFile, User
from kpi.models import EvidenceImage, LogEntry

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_FILE = 10 * 1024 * 1024
#: in millions; a JPEG can be read in a smaller size, the others come whole, WebP in several copies
MOST_PIXELS = {"PNG": 30, "WEBP": 10}
MOST_PIXELS_OF_JPEG = 40
#: the longer side of the stored picture, enough to read a screenshot
LONGEST_SIDE = 2200
QUALITY = 84


def _may_read(reader: User, stored: StoredFile) -> bool:
    return bool(LogEntry.objects.visible_to(reader).filter(evidence=stored).exists())


EVIDENCE = register_kind("evidence", _may_read)


def too_large(size: int) -> bool:
    """Whether a file is larger than a screenshot may be, asked before it is read."""
    return size > LARGEST_FILE


def _refused(message: object) -> RuleViolation:
    return RuleViolation("no_screenshot", message, [{"field": "screenshot", "message": message}])


def decoded(content: bytes) -> Image.Image:
    """The picture in RGB, turned upright, without anything else the file held.

    Raises ``RuleViolation`` for what is no JPEG, PNG or WebP, too large, cut off or a bomb.
    """
    if too_large(len(content)):
        raise _refused(_("The picture is larger than 10 MB. Take a screenshot instead of a photo."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=FORMATS) as opened:
                limit = MOST_PIXELS.get(opened.format or "", MOST_PIXELS_OF_JPEG)
                if opened.width * opened.height > limit * 1_000_000:
                    raise _refused(
                        _("The picture has more than %(limit)s million points. Make it smaller.")
                        % {"limit": limit}
                    )
                _shrink(opened)
                upright = ImageOps.exif_transpose(opened)
                flat = Image.new("RGB", upright.size, "white")
                shown = upright.convert("RGBA")
                flat.paste(shown, mask=shown.getchannel("A"))
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _refused(_("This is no picture that can be read. Use JPEG, PNG or WebP.")) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _refused(_("The picture is damaged or cut off. Take it again.")) from error
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return flat


def _shrink(opened: Image.Image) -> None:
    """Make a large picture small before it is converted, so that it takes 150 MB at most while it is read.

    The better way of shrinking copies what has transparency or a palette first; such a picture is halved
    the plain way and drawn finely afterwards.
    """
    opened.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    if opened.mode in ("RGB", "L", "CMYK", "YCbCr"):
        opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    else:
        opened.thumbnail((2 * LONGEST_SIDE, 2 * LONGEST_SIDE), Image.Resampling.NEAREST)


def difference_hash(picture: Image.Image) -> str:
    """64 bits: whether each point, shrunk to 9 × 8 greys, is darker than its right neighbour."""
    small = picture.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    points = small.tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            at = row * 9 + column
            bits = bits << 1 | (points[at] < points[at + 1])
    return f"{bits:016x}"


@transaction.atomic
def evidence_store(*, owner: User, name: str, content: bytes) -> StoredFile:
    """Keep a screenshot as a private file; what was in it besides the picture is gone.

    Raises ``RuleViolation`` as ``decoded`` does.
    """
    picture = decoded(content)
    drawn = BytesIO()
    picture.save(drawn, "JPEG", quality=QUALITY, optimize=True)
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0][:80] or "screenshot"
    stored = file_store(
        owner=owner,
        kind=EVIDENCE,
        name=f"{stem}.jpg",
        content=drawn.getvalue(),
        content_type="image/jpeg",
    )
    EvidenceImage.objects.create(
        file=stored,
        sha256=hashlib.sha256(content).hexdigest(),
        dhash=difference_hash(picture),
        width=picture.width,
        height=picture.height,
    )
    return stored
