"""What people type about activities and their kinds."""
