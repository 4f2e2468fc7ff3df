"""What the kiosk hears and how soon it answers, with the real models through the real socket: ``bandao bench voice``."""
