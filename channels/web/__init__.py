"""The citizen's chat page: static files and the two routes that serve them."""
