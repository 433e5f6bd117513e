"""How often somebody may ask: each person for themselves, those not signed in by their address."""

from django.conf import settings
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle


class PersonThrottle(UserRateThrottle):
    def get_rate(self) -> str:
        return str(settings.API_RATE)


class StrangerThrottle(AnonRateThrottle):
    def get_rate(self) -> str:
        return str(settings.API_RATE_SIGNED_OUT)
