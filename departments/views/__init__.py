"""The pages of the organisation: parse, ask a selector, show."""
