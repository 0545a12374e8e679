"""When things happen, in what order; the `carbonmart` command."""
