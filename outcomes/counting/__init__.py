"""Counts people: sorts each into a class of every table; what it counts is raw and stays inside."""
