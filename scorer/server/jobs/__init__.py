"""Jobs: what workers do. The database says what is to be done; a queue only wakes them."""
