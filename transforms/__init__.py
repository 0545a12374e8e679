"""What the words mean: pure functions from source-shaped records to typed rows."""
