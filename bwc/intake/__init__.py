"""From the camera to the vault: receiving files, reading their sidecars, tying them to calls.

`receive_file` takes one file in. `upload` does the same for bytes that arrive in pieces, `watch`
for files that appear in a folder. `tagging` ties what was stored to a call and its incident.
Whatever arrives is kept: what cannot be used is quarantined with the reason, never dropped.
"""
