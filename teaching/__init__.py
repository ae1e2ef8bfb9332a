"""What a teacher needs and a student doesn't: plans, assignments with their solutions, marking, deployment."""
