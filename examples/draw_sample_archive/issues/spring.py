"""Issues 4 to 6: weather, screens, things that turn."""

from ..newsletter import Figure, Issue, Item

SPRING = (
    Issue(
        "posts/2024-04-05-it-will-rain.md",
        4,
        "It will rain",
        "2024-04-05",
        "Ida Moss",
        "April, the month of umbrellas. All figures in this issue are wet.",
        (
            Item(
                "1. The alphabet of the weather map",
                (
                    "Weather maps are written in a very old hand. The rings are lines of equal pressure, "
                    "the L sits in the hole and the H on the hill. Blue teeth are cold air on the march, "
                    "red half-moons are warm air, and they point the way they go.",
                    Figure(
                        "images/weather.png",
                        "Noon on the second of April: take the bus.",
                        "Source: Island Weather Office",
                        "Weather map with a low, a high and two fronts",
                        way="hugo",
                    ),
                    "Where both fronts meet, somebody is having a wedding in a garden.",
                ),
            ),
            Item(
                "2. Where the rain goes",
                (
                    "Every drop has been here before. The sun lifts it out of the sea, the wind carries "
                    "it to the mountain, the mountain wrings out the cloud, and the brook takes it home. "
                    "What sinks into the ground takes the long way and arrives a thousand years later.",
                    Figure(
                        "images/water.png",
                        "Round and round: the same water since the dinosaurs.",
                        "Drawing: Lena Brandt",
                        "Diagram of the water cycle",
                        way="hugo",
                    ),
                    Figure(
                        "images/woods.jpg",
                        "",
                        "",
                        "Rain falls on a forest path between dark firs",
                        way="bare",
                    ),
                ),
            ),
            Item(
                "3. Two quantities, one frame",
                (
                    "The climate chart of the station breaks a rule of this newsletter: it has two "
                    "scales. It gets away with it because the bars cannot be mistaken for the line. "
                    "November is the wettest month, July the warmest, and they avoid each other.",
                    Figure(
                        "images/climate.png",
                        "Thirty years of rain and warmth in twelve bars and a curve.",
                        "Source: Island Weather Office",
                        "",
                        way="italic",
                    ),
                    Figure(
                        "images/snow-depth.png",
                        "Snow depth at the pass, winter by winter.",
                        "Source: Road Service",
                        "Bar chart of snow depth",
                        way="italic",
                        status="missing",
                    ),
                    "The second chart shows the snow at the pass, which our printer lost.",
                ),
            ),
            Item(
                "4. A rose for the wind",
                (
                    "A wind rose is a bar chart bent into a circle. The longest petals point to where the "
                    "wind comes from, and on our coast that is the south-west, over the open water, three "
                    "days out of five.",
                    Figure(
                        "images/rose.png",
                        "Plant your hedge on the lower left.",
                        "Source: lighthouse log, 2003 to 2023",
                        "Wind rose",
                        way="hugo",
                    ),
                    Figure(
                        "images/snowman.jpg",
                        "Last day of work: the sixth of April.",
                        "Photo: T. Okafor",
                        "A snowman with a top hat and a green scarf",
                        way="title",
                    ),
                    "And to those who wrote in to say that it never snows in April: this is Gerald.",
                ),
            ),
        ),
        front_matter="toml",
    ),
    Issue(
        "2024-05/index.html",
        5,
        "Pictures of programs",
        "2024-05-03",
        "Tom Okafor",
        "Most figures in the world are screenshots. They are rarely loved, seldom cropped and never "
        "labelled. A plea for better ones.",
        (
            Item(
                "Crop, then crop again",
                (
                    "The wall of numbers below belongs to a greenhouse in the valley. It is a good "
                    "screen: one large curve, four numbers, a ring. Click on the small picture to see the "
                    "large one.",
                    Figure(
                        "2024-05/greenhouse.png",
                        "The greenhouse on one page; bees up by a third.",
                        "Source: Valley Gardens",
                        "A dashboard with cards, an area chart and a ring",
                        way="linked",
                        shown="2024-05/greenhouse-small.png",
                    ),
                    "If your text speaks about the bees, show the bees. The remaining three quarters of "
                    "the screen only prove that you own a computer.",
                ),
            ),
            Item(
                "Talk is a picture too",
                (
                    "A conversation can be quoted, but a picture of a conversation shows who interrupts "
                    "whom. The one below concerns a scarf. Grey bubbles on the left, blue on the right, "
                    "and the evidence in between.",
                    Figure(
                        "2024-05/chat.png",
                        "Fig. 2. The case of the red scarf.",
                        "Screenshot: L. Brandt",
                        "Messages between two people",
                        way="paragraph",
                    ),
                    "Always ask before you print one. We did; the cat did not object.",
                ),
            ),
            Item(
                "Black windows",
                (
                    "Programmers send each other pictures of text, which cannot be searched, copied or "
                    "read aloud. We understand: the colours are lovely. If you must, write the error "
                    "message under it as well. Ours says that there is no lamp oil.",
                    Figure("2024-05/terminal.png", "A command line at dusk.", "", "Terminal", way="figure"),
                    Figure("2024-05/editor.png", "", "", "", way="bare"),
                    "The same is true for the second one, in which a garden is planted with a loop.",
                ),
            ),
            Item(
                "The small screen",
                (
                    "A telephone is taller than any figure needs to be. Show it with its frame, so that "
                    "the reader knows what it is, and let only one thing happen inside.",
                    Figure(
                        "2024-05/forecast.png",
                        "Twenty-one degrees at the Old Mill, and a dry week.",
                        "Screenshot: T. Okafor",
                        "A weather app on a telephone",
                        way="centred",
                    ),
                    "The bars beside the days run from the night's low to the day's high. You read the "
                    "whole week without reading one number.",
                ),
            ),
            Item(
                "Cells",
                (
                    "Spreadsheets are the most common charts on earth. Colour three columns by their "
                    "value, and the table turns into a heat map: summer jumps out, and so does the hive "
                    "in the lime row.",
                    Figure(
                        "2024-05/honey.png",
                        "Honey of six hives, in kilograms.",
                        "Source: Beekeepers' Club",
                        "A spreadsheet with yellow cells",
                    ),
                ),
            ),
        ),
    ),
    Issue(
        "posts/2024-06-07-things-that-turn.md",
        6,
        "Things that turn and things that hold",
        "2024-06-07",
        "Ida Moss",
        "Machines, bridges and lamps: the drawings of people who have to build what they draw.",
        (
            Item(
                "1. Teeth",
                (
                    "Turn the large wheel three times, and the smallest goes round five times, in the "
                    "same direction, because there is another one between them. It takes a paragraph to "
                    "say and a second to see, which is why this is the first figure in our newsletter "
                    "that moves.",
                    Figure(
                        "images/gears.gif",
                        "Fifteen teeth drive twelve, twelve drive nine.",
                        "Animation: Ida Moss",
                        "Three gear wheels turning",
                        way="italic",
                    ),
                    "Engineers drew this with two arrows for five hundred years and it worked just as well.",
                ),
            ),
            Item(
                "2. The triangle holds",
                (
                    "A square of four rods folds up when you lean on it. A triangle does not, and so a "
                    "bridge of triangles stands. In the drawing red bars are pushed and blue bars are "
                    "pulled; the thicker, the more.",
                    Figure(
                        "images/truss.svg",
                        "Push and pull in a bridge with three cars in the middle.",
                        "Drawing: Lena Brandt",
                        "A truss bridge with red and blue bars",
                        way="italic",
                    ),
                    "Long bridges hang instead. The cable carries the road, the towers carry the cable, "
                    "and the rock carries everything.",
                    Figure(
                        "images/bridge.jpg",
                        "Eleven hundred metres without a foot in the water.",
                        "Photo: T. Okafor",
                        "A red suspension bridge over a bay",
                        way="tight",
                    ),
                ),
            ),
            Item(
                "3. Wires",
                (
                    "A circuit diagram is a subway map for electricity: what matters is what is joined to "
                    "what. The zigzag slows the current down, the two plates store a little of it, and "
                    "the round thing with the cross is why we do it all.",
                    Figure(
                        "images/circuit.png",
                        "",
                        "",
                        "Circuit diagram with a battery, a resistor, a capacitor, a switch and a lamp",
                        way="bare",
                    ),
                    "Close the switch, and the lamp goes on. Open it, and nothing surprising happens either.",
                    Figure(
                        "images/signal.png",
                        "A lamp with a mind of its own: four states and the seconds between them.",
                        "Drawing: Ida Moss",
                        "State diagram of a traffic light",
                        way="reference",
                    ),
                ),
            ),
            Item(
                "4. The ten past nine",
                (
                    "The valley line still runs one steam train on Sundays. The engine is eighty years "
                    "old and has its own newsletter.",
                    Figure(
                        "images/steam.webp",
                        "Three green coaches and a lot of weather.",
                        "Photo: T. Okafor",
                        "A steam train in front of mountains",
                        way="italic",
                    ),
                    Figure(
                        "images/boiler.png",
                        "Section of the boiler.",
                        "Source: Valley Railway workshop",
                        "Drawing of a boiler",
                        way="italic",
                        status="unreadable",
                    ),
                    "The section of the boiler was drawn by the fireman. Something went wrong on its way "
                    "to us: if you see nothing here, neither did we.",
                ),
            ),
        ),
    ),
)
