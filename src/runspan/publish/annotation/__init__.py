"""Documents in the formats of annotation tools, there and back."""
