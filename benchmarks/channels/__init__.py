"""``bandao bench channels``: callbacks as WeChat sends them, at a steady rate: how soon acknowledged, and none lost."""
