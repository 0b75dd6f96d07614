"""What we ask and how the talk moves, as pure rules: no clock, no I/O, no randomness."""
