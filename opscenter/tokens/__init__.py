"""A person's access keys for programs."""
