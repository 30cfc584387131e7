"""Who we answer for, and what we promised them."""
