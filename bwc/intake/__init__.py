"""From the dock into the vault: receive, hash, quarantine, match to an incident."""
