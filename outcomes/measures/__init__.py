"""What is measured: the records of every measure, and the words they are made of; no people."""
