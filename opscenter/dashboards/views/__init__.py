"""The pages of a month: parse, ask a selector or a service, show."""
