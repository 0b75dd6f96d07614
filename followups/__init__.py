"""When to ask again: rows that fall due, never jobs that only live in memory."""
