"""How far a case is, for anybody to read: one view for the conversation, the API and the page."""
