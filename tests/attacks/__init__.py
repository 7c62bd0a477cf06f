"""Scripts, and what passes for them, in every text: nothing of it runs or is markup."""
