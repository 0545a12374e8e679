"""The tables of the eight regional pilot markets."""
