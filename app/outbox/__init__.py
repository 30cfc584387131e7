"""All that leaves us, written down before it is sent."""
