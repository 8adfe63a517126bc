"""Files → documents: text, Markdown, HTML, PDF, JSON lines, Parquet; on disk or wherever fsspec reaches."""
