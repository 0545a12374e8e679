"""The tables of European prices: CBAM certificates and allowance auctions."""
