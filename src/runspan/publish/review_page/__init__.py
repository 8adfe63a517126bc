"""Records → one page to look through and correct them in a browser, without a network."""
