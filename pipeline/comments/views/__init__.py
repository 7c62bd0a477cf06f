"""Pages and parts about comments."""
