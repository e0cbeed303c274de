"""Codes of a rank's error that say more than that something went wrong."""

PEER_LOST = "peer_lost"
"""Its cause is another rank's end: this one is a victim."""
DISK_FULL = "disk_full"
NON_FINITE = "non_finite"
