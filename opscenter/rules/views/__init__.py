"""The pages of the rules: parse, ask a selector or a service, show."""
