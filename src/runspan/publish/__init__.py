"""Publish floor: records as files and tables, models and datasets on the hub."""
