"""The five assignments: what each student is asked, and what is right, computed from the record."""
