"""Reads of MEASURE, a module for each question."""

from kpi.selectors.facts import (
    assessment_facts,
    attainment_facts,
    counted_logs,
    month_policies,
    outputs_of,
    person_facts,
    rule_versions,
    scheme_versions,
)

__all__ = [
    "assessment_facts",
    "attainment_facts",
    "counted_logs",
    "month_policies",
    "outputs_of",
    "person_facts",
    "rule_versions",
    "scheme_versions",
]
