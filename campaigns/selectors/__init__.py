"""Reads of WORK, a module for each question."""

from campaigns.selectors.facts import uplift_facts

__all__ = ["uplift_facts"]
