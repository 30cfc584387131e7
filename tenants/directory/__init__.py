"""Who exists, and which outside name (host, mailbox, prefix, slug) leads to whom."""
