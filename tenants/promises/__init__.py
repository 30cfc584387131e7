"""What a tenant promised its clients: service hours, and targets per priority."""
