"""Outside parties, speaking our words."""
