"""Two web applications: the desk for staff, the portal for the public."""
