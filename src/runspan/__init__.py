"""runspan: find the facts of AI training runs in text, and turn them into run records."""

__version__ = "0.1.0"
