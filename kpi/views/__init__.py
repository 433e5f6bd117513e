"""The pages of MEASURE: parse, ask a selector or a service, show."""
