"""Papers by post (邮寄, 免跑腿信封): ordered only where the citizen agreed, once by key, and followed until they arrive."""
