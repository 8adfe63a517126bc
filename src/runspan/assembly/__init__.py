"""Assembly floor: from spans to runs with normalised values."""
