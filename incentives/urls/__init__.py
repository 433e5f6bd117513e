"""The addresses of REWARD."""
