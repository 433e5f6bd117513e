"""The log-in.  A person of the organisation is ``departments.Staff``."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A log-in and nothing else; rights come from the person's roles on units."""
