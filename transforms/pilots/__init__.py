"""What the pages of the regional pilot markets say."""
