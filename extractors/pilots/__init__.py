"""The eight regional pilot markets: four are asked, the pages of four are only ingested."""
