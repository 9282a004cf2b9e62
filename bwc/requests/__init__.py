"""What people ask for: record requests and complaints, and what they start."""
