"""Citizens sign in at the city's identity provider, in the middle of whatever they are doing, and out again."""
