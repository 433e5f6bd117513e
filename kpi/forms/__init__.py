"""Forms of MEASURE."""
