"""An app that knows who holds the phone, and opens the product's page in its web view with a signed ticket."""
