"""The servers that an organisation wants to be told, and what they were told."""
