"""What holiday and closure notices say of each day of a year."""
