"""The embedded sample: a small web server that serves pages in the real sites' shapes."""
