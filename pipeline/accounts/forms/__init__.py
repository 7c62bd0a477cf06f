"""What people enter in a plan and in an account review."""
