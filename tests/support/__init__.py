"""Real components for the tests to work with: a stand-in only for servers that are not ours."""
