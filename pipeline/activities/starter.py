"""The kinds of activity that a new installation begins with: name and icon."""

STARTER_KINDS = (
    ("Call", "telephone"),
    ("E-mail", "envelope"),
    ("Meeting", "people"),
    ("Visit", "geo-alt"),
    ("Demo", "display"),
    ("Meeting set up", "calendar-plus"),
    ("Referral asked", "person-plus"),
    ("Proposal", "file-earmark-text"),
    ("Other", "three-dots"),
)
