"""What the pages and workbooks of European prices say."""
