"""What arrives, as it arrives: read, trimmed, recognised and matched."""
