"""The kiosk: what its devices and their service do, without any device."""
