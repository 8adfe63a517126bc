"""Base floor: labels, words, documents, values, records, errors. Imports nothing else of runspan."""
