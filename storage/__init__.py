"""The only place that speaks SQL: it keeps what was decided elsewhere and decides nothing."""
