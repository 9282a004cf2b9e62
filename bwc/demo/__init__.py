"""The demo department: invented officers, composed footage, and the main job run on both."""
