"""A training → a page with figures to read beside its model."""
