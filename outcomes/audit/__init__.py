"""Plays outsiders who want to find somebody out; it knows no code of the protection."""
