"""The State Council's holiday notices, the exchange's closure notices and its closed days."""
