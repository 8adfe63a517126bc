"""Publish floor: records as files and tables."""
