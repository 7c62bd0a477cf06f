"""`bin/bench`: every page on a big organisation, beside the least it could take."""
