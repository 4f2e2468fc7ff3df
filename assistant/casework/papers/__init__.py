"""What uploaded papers are and say: read by a worker, told apart, compared with the answers."""
