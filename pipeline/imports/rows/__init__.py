"""What a row of each kind of file says, as typed values. No database, no clock."""
