"""The scoring server. `app.py` puts the web application together; workers and commands need but parts of it."""
