"""What the help costs: meters, rating, tax, invoices."""
