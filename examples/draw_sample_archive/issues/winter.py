"""Issues 1 to 3: charts, machines that guess, maps."""

from ..newsletter import Figure, Issue, Item

WINTER = (
    Issue(
        "2024-01/index.html",
        1,
        "The shape of a number",
        "2024-01-05",
        "Ida Moss",
        "Welcome to the first issue. Once a month we take a handful of figures apart, look at what they "
        "are made of, and put them together again. No mathematics beyond counting on your fingers.",
        (
            Item(
                "Why we keep a light on",
                (
                    "A figure is a lighthouse: it stands still, it has one thing to say, and it says it "
                    "to people who are far away and in a hurry. Nobody on a ship wants to study the lamp. "
                    "They want to know where the rocks are.",
                    Figure(
                        "images/lighthouse.jpg",
                        "Our patron saint, on duty.",
                        "Drawing: Ida Moss",
                        "A red and white lighthouse sends its beam over a dark sea under the stars",
                    ),
                    "So the first question to any chart is not whether it is pretty but whether it can be "
                    "seen from the sea. Squint. Walk three steps back. If the message is gone, the "
                    "message was in the caption.",
                ),
            ),
            Item(
                "1. Lines are for time",
                (
                    "A line promises that there is something between the dots. Temperature keeps its "
                    "promise: between January and February there is every temperature in between, and so "
                    "the three curves of our three towns may be drawn without lifting the pencil.",
                    Figure(
                        "2024-01/temperatures.png",
                        "Fig. 1. The harbour is never very warm and never very cold; the valley is both.",
                        "Source: Island Weather Office",
                        "Line chart",
                        way="paragraph",
                    ),
                    "Look at where the blue and the orange line cross, once in spring and once in autumn. "
                    "Those are the two weeks in which everybody on the island agrees about what coat to "
                    "wear. The sea needs all summer to warm up and all winter to give it back.",
                ),
            ),
            Item(
                "2. Bars are for things you can count",
                (
                    "Last October a class of ten-year-olds sat on the Mill Bridge for a week and counted "
                    "bicycles. They got 4,500 on the Wednesday and only 1,350 on the Sunday, and a "
                    "sunburn on the Thursday. A bar starts at nothing, because nothing is also a number "
                    "of bicycles.",
                    Figure(
                        "2024-01/bicycles.png",
                        "Five working days and a weekend: the bridge is a way to work before it is a way "
                        "to the lake.",
                        "Source: Class 4b, Mill School",
                        "Bar chart of riders a day from Monday to Sunday",
                    ),
                    Figure(
                        "2024-01/parked.jpg",
                        "",
                        "",
                        "A green bicycle with a basket of flowers leans on a brick wall",
                        way="bare",
                    ),
                    "The one above did not move all week and was not counted. It belongs to the teacher.",
                ),
            ),
            Item(
                "3. A box for everyone",
                (
                    "Ask five groups of people how long they travel to work and you get five piles of "
                    "answers. The box holds the middle half of each pile, the thick stroke is the person "
                    "in the very middle, and the whiskers reach to those who live next door and those who "
                    "should move.",
                    Figure("2024-01/commutes.png", "Fig. 3", "", "", way="paragraph"),
                    "The car has the longest box by far. It is the fastest way to work and the slowest, "
                    "depending on who else had the same idea. Commuters by train are late more "
                    "predictably.",
                ),
            ),
            Item(
                "4. In defence of the pie",
                (
                    "Everybody who teaches statistics hates pies, and everybody who eats loves them. A "
                    "pie is a bad ruler and a good picture of a whole: nobody has to be told that the "
                    "slices add up to the cake.",
                    Figure(
                        "2024-01/pastries.png",
                        "More than a third of the counter is croissants, and the tarts are already on "
                        "their way out.",
                        "Source: Bakery Lindqvist, till roll of one Saturday",
                        "Pie chart with five slices",
                    ),
                    "Five slices are enough. At six the reader starts to match colours with the key "
                    "instead of looking, and at nine you have drawn an umbrella.",
                    Figure(
                        "2024-01/coffee.webp",
                        "Research.",
                        "Photo: T. Okafor",
                        "",
                        way="centred",
                    ),
                ),
            ),
            Item(
                "Where did it all come from?",
                (
                    "None of these shapes is very old. The bar is younger than the steam engine, the pie "
                    "younger than the guillotine, and the box plot is about as old as the pocket "
                    "calculator.",
                    Figure(
                        "2024-01/timeline.png",
                        "Seven inventions that had to be invented by somebody.",
                        "Drawing: Lena Brandt",
                        "Timeline from 1786 to 2001",
                    ),
                    "Next month: machines that look at pictures and guess.",
                ),
            ),
        ),
    ),
    Issue(
        "2024-02/index.html",
        2,
        "Machines that guess",
        "2024-02-02",
        "Tom Okafor",
        "This month everything is about machines that learn from examples: how they are drawn, how they are "
        "examined, and why they take the fox for a dog.",
        (
            Item(
                "1. The picture everybody knows",
                (
                    "Circles in columns, lines from every circle to every circle: the drawing of a neural "
                    "network is one of the few modern diagrams that people recognise on a T-shirt. It is "
                    "true as far as it goes. Numbers come in on the left, are weighed along the lines, "
                    "and go out on the right.",
                    Figure(
                        "2024-02/network.png",
                        "A small network: four numbers in, three out, and two layers whose meaning nobody "
                        "chose.",
                        "Drawing: Lena Brandt",
                        "Circles in four columns joined by lines",
                    ),
                    "What the drawing hides is size. Ours has seventy-eight lines. The ones that "
                    "recognise your aunt in a holiday snap have a few hundred million, and no T-shirt is "
                    "that large.",
                ),
            ),
            Item(
                "2. A window that slides",
                (
                    "A network that looks at pictures does not join every pixel with everything. It "
                    "slides a small window over the picture and asks the same question everywhere: is "
                    "there an edge here? The answers make a new picture, and a second window slides over "
                    "that one.",
                    Figure(
                        "2024-02/convolution.png",
                        "From pixels to edges, from edges to shapes, from shapes to things. The picture "
                        "gets smaller and the pile gets higher.",
                        "Drawing: Lena Brandt",
                        "",
                        way="paragraph",
                    ),
                    "Three by three pixels are a very small window, about as much as you see of the "
                    "street through a keyhole. But a keyhole through a keyhole through a keyhole sees the "
                    "whole house.",
                ),
            ),
            Item(
                "3. School, and when to leave it",
                (
                    "Two curves are drawn while a machine learns: how wrong it is about the examples it "
                    "has seen, and how wrong about those it has not. At first both fall. Then the machine "
                    "starts to learn the examples by heart, and the second curve turns up again.",
                    Figure(
                        "2024-02/learning.png",
                        "After the dashed line the pupil only gets better at last year's exam.",
                        "Source: our own laptop, one night",
                        "Training and validation loss over sixty epochs",
                    ),
                    "The art is to stop at the dashed line, which one sees only after having passed it.",
                ),
            ),
            Item(
                "4. Reading the examination paper",
                (
                    "A confusion matrix is a report with nothing left out. Every row is what the animal "
                    "was, every column what the machine said, and the diagonal is where they agree. Ours "
                    "knows owls. It is less sure about dogs and foxes, and in this it is not alone.",
                    Figure(
                        "2024-02/confusion.png",
                        "Four hundred animals and what became of them.",
                        "Source: Figures Monthly test bench",
                        "Table of counts, dark blue along the diagonal",
                    ),
                    Figure(
                        "2024-02/sill.jpg",
                        "Example 17. Recognised with a certainty of 0.98.",
                        "Photo: T. Okafor",
                        "",
                        way="title",
                    ),
                    "Example 17, who lives with one of our editors, was asked for a comment and left "
                    "through the window.",
                ),
            ),
            Item(
                "5. Twenty questions",
                (
                    "Not every guessing machine is a black box. A decision tree plays twenty questions, "
                    "and you can hang it over the aquarium: does it have feathers, does it swim, has it "
                    "fur? It is wrong about penguins, but it can tell you why.",
                    Figure(
                        "2024-02/tree.png",
                        "Three questions, four animals.",
                        "Drawing: Ida Moss",
                        "A tree of yes and no questions that ends in duck, owl, fox and frog",
                    ),
                ),
            ),
            Item(
                "6. Heaps without a teacher",
                (
                    "Sometimes nobody has the answers, only a table full of things. We measured two "
                    "hundred leaves from the park with a ruler and put a dot for each: length one way, "
                    "width the other.",
                    Figure(
                        "2024-02/leaves.png",
                        "Willow leaves are long and thin, lime leaves are hearts, and beech is in between.",
                        "Source: our desk, in November",
                        "Scatter plot in three colours",
                    ),
                    "You see three heaps at once. A machine finds them too: it throws three crosses on "
                    "the table, lets every dot run to the nearest cross, moves each cross to the middle "
                    "of its followers, and does it all again until nobody moves.",
                    Figure(
                        "2024-02/heaps.png",
                        "",
                        "",
                        "Three clouds of dots, each with a cross in its middle",
                        way="bare",
                    ),
                ),
            ),
        ),
    ),
    Issue(
        "posts/2024-03-01-places-that-are-not-there.md",
        3,
        "Places that are not there",
        "2024-03-01",
        "Lena Brandt",
        "A map is a figure that has forgotten to be modest. This month we draw an island, a city and a "
        "railway none of which you can visit.",
        (
            Item(
                "How to draw a hill",
                (
                    "The trick of the contour line is to flood the country. Let the sea rise by fifty "
                    "metres and draw the new coast, then by fifty more, and go on until only the summit "
                    "looks out. Where the lines crowd, bring good shoes.",
                    Figure(
                        "images/island.png",
                        "The island at 1:50,000. The dashed path avoids the summit, as we do.",
                        "Map: Lena Brandt",
                        "Topographic map of an island",
                        way="italic",
                    ),
                    "Notice the brook. On every honest map a brook crosses the contour lines at a right "
                    "angle, since water does not take the scenic route.",
                ),
            ),
            Item(
                "Getting there",
                (
                    "There is a ferry, and there is Captain Aune, who takes passengers when the wind is "
                    "right. We recommend the captain and the timetable, in this order.",
                    Figure(
                        "images/sailing.jpg",
                        "Captain Aune with half her sails up.",
                        "Photo: T. Okafor",
                        "A sailing boat with a white and a red sail",
                        way="tight",
                    ),
                    Figure(
                        "images/ferry.png",
                        "All boats of the summer, one column each: read down, not across.",
                        "",
                        "Ferry timetable",
                        way="title",
                    ),
                    "A timetable is a map of time. This one runs downwards like the boat runs south, and "
                    "the stops keep their order even where the clock does not look it.",
                    Figure(
                        "https://example.org/harbour/webcam.jpg",
                        "The harbour at this minute.",
                        "Source: Harbour Office webcam",
                        "View of the harbour",
                        way="italic",
                        status="remote",
                    ),
                ),
            ),
            Item(
                "Straight lines for crooked tunnels",
                (
                    "Under the city nobody cares where north is. A subway map keeps the order of the "
                    "stations and the places to change, and throws away everything else: distance, "
                    "direction, the river nearly.",
                    Figure(
                        "images/subway.svg",
                        "Five lines, nine places to change, three angles.",
                        "Drawing: Ida Moss",
                        "Subway map in five colours",
                        way="reference",
                    ),
                    "Only three directions are allowed: along, down and the diagonal. The eye follows a "
                    "colour round a corner of 45 degrees without noticing it, and gets lost at any other.",
                ),
            ),
            Item(
                "Streets",
                (
                    "Above ground the grid rules. From the hotel to the museum there are dozens of ways "
                    "that are equally long, a fact well known to taxi drivers.",
                    Figure(
                        "images/city.png",
                        "Six turns and a bridge.",
                        "Map: Lena Brandt",
                        "Street map with a blue route and a red pin",
                        way="html",
                    ),
                    "The park in the middle is the only thing on the plan that was drawn with a round "
                    "pencil.",
                ),
            ),
            Item(
                "A fair share of ink",
                (
                    "Colour a map by district and the largest district shouts. Give every school the same "
                    "hexagon and the noise is gone: the dark cells in the middle are simply the places "
                    "where most children come on foot.",
                    Figure(
                        "images/hexagons.png",
                        "Share of pupils who walk, one cell for each school.",
                        "Source: School Board, survey of 2023",
                        "Hexagonal tile map from light to dark green",
                        way="italic",
                    ),
                    Figure(
                        "images/lighthouse.jpg",
                        "The one school without pupils: Gull Rock, seen from the ferry.",
                        "Drawing: Ida Moss",
                        "Lighthouse at night",
                        way="italic",
                    ),
                ),
            ),
        ),
    ),
)
