"""What stands about a kiosk besides the screen: card reader, camera, scanner, printers; a small service on its own machine."""
