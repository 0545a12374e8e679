"""What the sources look like: polite fetching, the raw archive, one module per source."""
