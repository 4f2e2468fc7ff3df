"""An organisation's identity provider for its staff: OpenID Connect, authorization code flow. Everybody in it is invented."""
