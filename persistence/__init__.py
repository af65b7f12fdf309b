"""The ground both engine and bank stand on: one database, one transaction per command, one base error."""
