"""Words that `bwc.redaction.patterns` knows: lists in lower case, parted by spaces."""

FILLERS = (
    "uh um er ah hm mm mhm huh and dash hyphen minus dot point slash plus comma space then okay ok"
    " yes yeah yep right sir ma'am got it it's is that's the area code extension again like"
    " go ahead copy alright all no wait sorry what so well you know i mean hold on let me see was"
)
MONTHS = (
    "january february march april may june july august september october november december"
    " jan feb mar apr jun jul aug sep sept oct nov dec"
)
TOP_DOMAINS = "com net org edu gov mil us info biz co io me tv uk ca"
HOSTS = "gmail yahoo hotmail outlook icloud aol msn comcast verizon proton protonmail ymail"
CONNECTORS = "dot dash hyphen underscore plus period point score under"
# Before the name in an e-mail address, and no part of it.
LOCAL_STOPS = (
    "is it it's its my your his her email e-mail mail address at to the me you that's was send on"
    " contact and or write under use uses"
)

# The phonetic alphabets of ICAO and of police radio (APCO), as transcripts spell them.
CODE_WORDS = (
    "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike"
    " november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu"
    " adam boy charles david edward frank george henry ida john king lincoln mary nora ocean"
    " paul queen robert sam tom union william young zebra"
)
WRITTEN_UNITS = "MPH TH ST ND RD AM PM LBS HRS KG ML MM CC"  # as they end a number, no plate

DIRECTIONS = "north south east west northeast northwest southeast southwest n s e w ne nw se sw"
STREETS = (
    "street st avenue ave av road rd boulevard blvd drive dr lane ln court ct place pl way terrace"
    " circle cir parkway pkwy highway hwy square trail alley plaza loop turnpike freeway"
    " crescent pike crossing bend cove ridge heights hollow manor grove mews"
)
NUMBERED_ROADS = "road rd highway hwy route rt interstate"  # "County Road 12"
STREETS_FIRST = "avenue avenida via rue camino calle paseo plaza"  # "Avenue of the Americas"
# What stands between a number and a kind of street where no house is meant.
NO_STREET = (
    "block blocks down the on across of minute minutes hour hours second seconds miles feet foot"
    " people person guys guy men man women woman officer officers car cars unit units kid kids"
    " time times to from in at and or this that my your his her their our a an i he she we they"
    " is was are were more other way lane lanes year years old day days month months dollars"
    " bucks percent am pm inch inches pounds male males female females subject subjects"
    " suspect suspects vehicle vehicles drink drinks beers shots hundred thousand"
    " side bound end gate door entrance exit lot"
)
