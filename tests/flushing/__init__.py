"""PostgreSQL as Django has it, only that tests flush it faster."""
