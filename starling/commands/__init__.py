"""The commands that people type, one topic a module; each imports its work when it runs."""
