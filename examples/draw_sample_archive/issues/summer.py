"""Issues 7 to 9: the sky, living things, and the first issue that comes as plain text."""

from ..newsletter import Figure, Issue, Item

SUMMER = (
    Issue(
        "posts/2024-07-05-looking-up.md",
        7,
        "Looking up",
        "2024-07-05",
        "Lena Brandt",
        "Take this issue to a dark field and read it with a red torch.",
        (
            Item(
                "Eight moons",
                (
                    "There is one moon, and half of it is always lit. What changes is how much of the lit "
                    "half we see, and to understand it one has to leave the Earth and look from above. "
                    "The sun stands on the right. Go round with the moon and look back to the middle.",
                    Figure(
                        "images/moon.svg",
                        "New moon next to the sun, full moon opposite.",
                        "Drawing: Lena Brandt",
                        "The phases of the moon around the Earth",
                        way="jekyll",
                    ),
                    "Most schoolbooks print two rings of moons, one as seen from space and one as seen "
                    "from the garden. We print the one from the garden and trust you with the rest.",
                ),
            ),
            Item(
                "A family portrait that lies",
                (
                    "No picture of the solar system is to scale. If the sizes are right, the distances "
                    "are not. At the scale of ours the nearest star would hang somewhere behind the moon.",
                    Figure(
                        "images/planets.jpg",
                        "From left to right in the right order, and that is all that is right.",
                        "Drawing: Ida Moss",
                        "The eight planets in a row beside the sun",
                        way="jekyll",
                    ),
                    "A table never lies about scale, since it has none. Saturn leads by moons, Jupiter by "
                    "belly, and a year on Neptune is longer than our subscription list.",
                    Figure(
                        "images/planet-table.png",
                        "The same family in numbers.",
                        "Source: any almanac",
                        "Table of eight planets",
                        way="italic",
                    ),
                ),
            ),
            Item(
                "Ways to leave the ground",
                (
                    "The quick way makes a great deal of smoke. The rocket below is the one every child "
                    "draws, with three fins and a round window, and engineers have been apologising ever "
                    "since for building duller ones.",
                    Figure("images/launch.jpg", "Four, three, two.", "Drawing: Ida Moss", "", way="tight"),
                    "The slow way needs a fire, a basket and no appointments. You go where the air goes, "
                    "and so from the basket it is always calm.",
                    Figure(
                        "images/balloons.webp",
                        "The valley meeting, an hour after sunrise.",
                        "Photo: T. Okafor",
                        "Five hot-air balloons over green hills",
                        way="html",
                    ),
                ),
            ),
            Item(
                "How a lens makes a small sun",
                (
                    "Three rays are enough. One goes in level and comes out through the focus, one passes "
                    "the middle as if there were no glass, one goes through the near focus and leaves "
                    "level. Where they meet, the image hangs upside down in the air.",
                    Figure("images/lens.png", "Fig. 4", "", "Ray diagram of a convex lens", way="italic"),
                    "Your eye does it all day and turns the world round again without telling you.",
                ),
            ),
            Item(
                "Where the sky is best",
                (
                    "No lamps, no clouds, no dew. Our reader Mr Haddad wrote from his holiday, between "
                    "two cups of tea, that the shadows there have edges like paper.",
                    Figure("images/cacti.jpg", "", "", "", way="bare"),
                    "In August watch for falling stars: yellow days on the sheet.",
                    Figure("images/august.png", "Pin this over your bed.", "", "Calendar sheet", way="title"),
                ),
            ),
        ),
    ),
    Issue(
        "2024-08/index.html",
        8,
        "Everything alive",
        "2024-08-02",
        "Ida Moss",
        "Biologists draw better than anyone, since for two hundred years they had to. Six of their "
        "habits, and what to steal from them.",
        (
            Item(
                "1. Cut it in half",
                (
                    "A cell is a bag of bags. Cut it, and the drawing explains itself: the purple kernel "
                    "with the instructions, the striped beans that burn sugar, the folded sheets next "
                    "door where things are packed.",
                    Figure(
                        "2024-08/cell.png",
                        "A cell, cut and coloured. In life it is as colourful as dishwater.",
                        "Drawing: Lena Brandt",
                        "Cross-section of a cell with its parts named",
                    ),
                    "None of these colours is real. They are there for the same reason as on the subway map.",
                ),
            ),
            Item(
                "2. Twist it",
                (
                    "Two ribbons, and between them the rungs, four colours in strict pairs: yellow only "
                    "with red, light blue only with green. Pull the ladder apart, and each half knows how "
                    "to build the other.",
                    Figure(
                        "2024-08/ladder.png",
                        "The most famous spiral stair in the world; this one turns to the right, as it "
                        "should.",
                        "Drawing: Ida Moss",
                        "",
                        way="paragraph",
                    ),
                    "Half of all book covers have it turning the wrong way. Check yours.",
                ),
            ),
            Item(
                "3. Pin it down",
                (
                    "The oldest habit is a frame, a pale ground and perfect symmetry. Draw one half, fold "
                    "the paper, rub. Museums have drawers full of butterflies that were drawn only by "
                    "half.",
                    Figure(
                        "2024-08/monarch.png",
                        "Monarch, both halves.",
                        "Drawing: Ida Moss",
                        "An orange butterfly with black veins and white spots",
                    ),
                ),
            ),
            Item(
                "4. Say who eats whom",
                (
                    "A food chain is a line, and a line is always wrong. In the pond behind the mill "
                    "everybody eats several others. The arrows go from the eaten to the eater, in the "
                    "direction of the lunch.",
                    Figure(
                        "2024-08/pond.png",
                        "Lunch in the mill pond. Nobody eats the heron.",
                        "Source: Class 4b, Mill School",
                        "Circles with the names of animals, joined by arrows",
                    ),
                    Figure(
                        "2024-08/tank.webp",
                        "",
                        "Photo: T. Okafor",
                        "Colourful fish and a small castle in an aquarium",
                        way="bare-credit",
                    ),
                    "In the aquarium of the editorial office nobody eats anybody. We give them flakes.",
                ),
            ),
            Item(
                "5. Sort it",
                (
                    "Three circles make seven fields, and good teachers leave one of them empty to see "
                    "who will complain. The duck sits in the middle because she flies, swims and lays "
                    "eggs, and does all of it tolerably.",
                    Figure(
                        "2024-08/circles.svg",
                        "Who does what. The duck does everything.",
                        "Drawing: Lena Brandt",
                        "Three overlapping circles",
                    ),
                ),
            ),
            Item(
                "6. And leave the light off",
                (
                    "Moths steer by the moon, and a lamp spoils it. Gull Rock now goes dark for an hour "
                    "after midnight in the weeks when the birds pass, and the keeper counts what does not "
                    "hit the glass.",
                    Figure(
                        "images/lighthouse.jpg",
                        "Five to twelve on Gull Rock: in five minutes it is dark.",
                        "Drawing: Ida Moss",
                        "",
                    ),
                ),
            ),
        ),
    ),
    Issue(
        "text/issue-09.txt",
        9,
        "The issue without pictures",
        "2024-09-06",
        "Tom Okafor",
        "The printer is on strike, and so this month you get the words only. The captions are here; "
        "imagine the rest, or wait for October.",
        (
            Item(
                "1. What a caption can do alone",
                (
                    "Cover the picture with your hand and read what is under it. If you can draw the "
                    "picture from the caption, then the caption is good. We tried it at breakfast with a "
                    "pencil and the back of a bill.",
                    Figure(
                        None,
                        "Figure 1: The tide at the harbour over one week, two peaks a day, the higher one "
                        "at night.",
                        "Source: Harbour Office",
                        status="missing",
                    ),
                    "The tide came out well. There is only one way to draw two peaks a day.",
                ),
            ),
            Item(
                "2. What it cannot",
                (
                    "Then we tried a portrait. The caption named the woman, the year and the "
                    "photographer, and at the table there were three drawings of three women, one of them "
                    "with a dog.",
                    Figure(
                        None,
                        "Figure 2: Captain Aune at the tiller of her boat, summer of 1998.",
                        "Photo: Harbour Museum",
                        status="missing",
                    ),
                    "She does own a dog. Nobody could know.",
                ),
            ),
            Item(
                "3. Numbers in a sentence",
                (
                    "Small tables do not need a picture at all. The mill ground 41 sacks on Monday, 38 on "
                    "Tuesday and nothing on Wednesday, because Wednesday is washing day.",
                    Figure(
                        None,
                        "Figure 3: Sacks of flour a day at the Old Mill; the gap is the laundry.",
                        "Source: mill ledger",
                        status="missing",
                    ),
                    "Next month the pictures are back. Some of them.",
                ),
            ),
        ),
    ),
)
