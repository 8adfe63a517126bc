"""Models and datasets on the model hub."""
