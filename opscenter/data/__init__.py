"""Import, templates, exports, completeness, jobs."""
