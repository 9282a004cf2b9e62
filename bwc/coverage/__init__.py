"""For every officer and call: did the camera run when it had to?"""
