"""Account plans and account reviews on the web."""
