"""The audit log: what was decided by whom, in entries that are chained and never changed."""
