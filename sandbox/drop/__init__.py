"""The drop: a receiving office without an interface, reached by SFTP, in front of the same office."""
