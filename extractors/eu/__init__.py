"""European prices: the Commission and the auction platform."""
