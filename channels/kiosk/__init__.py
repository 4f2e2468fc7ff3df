"""The kiosk of the hall: its page with the figure that speaks, and the few routes that serve it."""
