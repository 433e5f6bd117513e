"""The data pages: parse, ask a selector or a service, show."""
