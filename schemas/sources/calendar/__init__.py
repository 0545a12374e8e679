"""Tables of the trading calendar."""
