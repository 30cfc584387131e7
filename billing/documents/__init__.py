"""What an issued invoice looks like: one template for screen and PDF, and a table."""
