"""Backups: a server's whole data folder and database in one tar, made while it runs, whatever its database is.

```
tables/<table>.jsonl             the rows of a table, one a line, all read at one moment
secrets/ corpus/ downloads/      the folders of the data folder
submissions/<sha256>             the uploads that those rows name
manifest.json                    the database's version, and the SHA-256 of every file above
```

Left out: log-ins and counted tries, which are worth nothing elsewhere, messages that wake workers, which are
made again from the rows, mails that were written into files, and what verification unpacks and installs, which it
makes again.
"""
