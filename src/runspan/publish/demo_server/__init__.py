"""A model behind a small page: paste or drop a document, see what is found in it."""
