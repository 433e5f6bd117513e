"""Reads of REWARD, a module for each question."""
