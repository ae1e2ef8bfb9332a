"""What stands in the sandbox besides the notebook: the runner, its guard, and what hidden tests call."""
