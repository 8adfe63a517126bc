"""Model side: dataset, encoder loading, encoding into windows, decoding into spans, strict metrics."""
