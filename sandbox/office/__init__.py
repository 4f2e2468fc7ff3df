"""The receiving office (收件办公室): takes packages over the network, its staff decide on them."""
