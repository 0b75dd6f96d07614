"""Tests that read like sentences and mirror the packages: they use real components."""
