"""Where messages go: a mail server, and a gateway for SMS and WeChat. Nothing leaves this machine; the staff page shows them."""
