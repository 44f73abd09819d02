"""The 28 strategic emerging sectors and the classification of firms into them."""
