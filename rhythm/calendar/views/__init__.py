"""Pages of the calendar, and what people do on them."""
