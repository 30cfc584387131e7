"""Benchmarks: each figure beside its baseline of the same run. `make bench` runs the package."""

ANCHOR_ADDRESS = "ANCHOR_DATABASE_URL"  # apart from the anchor, which imports nothing of ours else
ANCHOR_TABLE = "anchor_rows"
