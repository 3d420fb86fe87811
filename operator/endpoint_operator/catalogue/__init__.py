"""Facts that AWS publishes and no call answers well: framework images, and prices for when the price list is silent."""
