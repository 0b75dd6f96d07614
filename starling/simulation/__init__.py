"""A made-up service that lives through the real use cases with a moving clock and one seed."""
