"""The speech room: how the digital human hears and speaks. It knows sound and words, never the conversation it carries."""
