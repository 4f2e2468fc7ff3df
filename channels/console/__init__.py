"""The staff console: queue, conversation and case side by side."""
