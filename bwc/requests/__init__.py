"""What people ask for and complain of, the facts they assert, and the holds that follow."""
