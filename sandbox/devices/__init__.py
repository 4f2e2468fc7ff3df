"""The things about a kiosk, made of nothing: card reader, scanner, camera, receipt and A4 printer, and their faults."""
