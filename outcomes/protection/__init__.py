"""Makes counted tables safe to show: rounds, withholds, coarsens; it never says what is safe."""
