"""The addresses of MEASURE."""
