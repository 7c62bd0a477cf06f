"""Input about deals, turned into values."""
