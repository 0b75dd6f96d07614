"""Draws the pictures that people look at, from values alone: no files, no database, no clock."""
