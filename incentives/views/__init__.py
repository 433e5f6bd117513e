"""The pages of REWARD: parse, ask a selector or a service, show."""
