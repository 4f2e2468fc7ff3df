"""Item guides, the search over them and the answers composed from them."""
