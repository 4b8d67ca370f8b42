"""Stock: where each unit lies, for whom it is set aside, and what is counted and put back."""
