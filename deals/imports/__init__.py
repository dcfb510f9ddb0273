"""Bringing deals in from files: presets as data, reading, checking, loading, the report."""
