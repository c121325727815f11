"""The report on one recording: streams, gaps and the emotion of every frame, as one HTML file that stands alone."""
