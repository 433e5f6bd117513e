"""To which organisation a campaign or a person belongs, for those who may see them."""

from campaigns.models import Campaign
from core.models import User
from departments.models import Staff


def unit_of_campaign(user: User, code: str) -> str:
    """The code of the campaign's organisation; "" when there is none or it is out of reach."""
    found = Campaign.objects.visible_to(user).filter(code=code).values_list("root__code", flat=True).first()
    return found or ""


def unit_of_person(user: User, staff_no: str) -> str:
    """The code of the person's organisation; "" when there is none or they are out of reach."""
    found = (
        Staff.objects.visible_to(user).filter(staff_no=staff_no).values_list("root__code", flat=True).first()
    )
    return found or ""
