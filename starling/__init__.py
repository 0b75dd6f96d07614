"""Composition root and command line: imports everything, and nothing imports it."""
