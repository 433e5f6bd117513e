"""Reads of WHO, a module for each question."""

from departments.selectors.facts import (
    Person,
    UnitTree,
    frozen_months,
    people_of,
    unit_tree,
    work_calendar,
)

__all__ = ["Person", "UnitTree", "frozen_months", "people_of", "unit_tree", "work_calendar"]
