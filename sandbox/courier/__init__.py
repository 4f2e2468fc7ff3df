"""The courier: takes orders for parcels and return envelopes, and says where they are."""
