"""The self-test of the peers: golden images and pairs of peers in separate processes."""
