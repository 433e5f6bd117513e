"""Writes of MEASURE, a module for each kind of row."""

from kpi.services.results import assessment_record, clear_results

__all__ = ["assessment_record", "clear_results"]
