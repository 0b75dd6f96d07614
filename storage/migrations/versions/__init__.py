"""One module for each step of the schema: they import no code that may change later."""
