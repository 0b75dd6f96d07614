"""Measures what an answer costs beside a bare floor: never part of the running service."""
