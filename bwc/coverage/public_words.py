"""What each published figure of coverage is, in words. Imports nothing: the portal reads it too."""

MEANINGS = {
    "equipped": "Sworn officers on duty who had a working camera",
    "with_video": "Calls with any video",
    "complete": "Calls recorded from the first required second to the last",
    "late": "Recordings that began late",
    "early": "Recordings that ended early",
    "gaps": "Recordings with a gap",
}
