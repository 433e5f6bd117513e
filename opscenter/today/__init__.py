"""A person's own day and month, made of several apps."""
