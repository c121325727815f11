"""Running a stranger's program: it sees its own files and nothing else, and ends when it is told to.

`job.py` says what is asked of a sandbox, `choice.py` opens one that works on this machine.
"""
