"""What people say of the calendar: rules, working time, who is away."""
