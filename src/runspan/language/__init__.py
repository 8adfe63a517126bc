"""Language floor: inline markup, BIO tags, normalisers and readers. Free of torch, transformers and datasets."""
