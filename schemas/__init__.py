"""What a row must be: one definition per table."""
