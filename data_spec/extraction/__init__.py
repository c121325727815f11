"""Raw recordings → a corpus: one recording is one job, many run side by side, and what is done stays done."""
