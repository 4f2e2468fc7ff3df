"""Who somebody is, as an identity provider says: its tokens, citizens and their sessions, and misuse of the ways in."""
