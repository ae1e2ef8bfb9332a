"""From a folder of downloads to marks and feedback: ``python -m teaching.marking``."""
