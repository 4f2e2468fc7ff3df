"""Results (办理结果): fetched from the office, doubted, kept, handed to the citizen, verifiable by whoever is shown one."""
