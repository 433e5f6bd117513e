"""Writes of WORK, a module for each kind of row."""

from campaigns.services.uplifts import uplift_record

__all__ = ["uplift_record"]
