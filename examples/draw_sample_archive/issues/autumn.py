"""Issues 10 to 12: plain text once more, searching, and the year in pictures."""

from ..newsletter import Figure, Issue, Item

AUTUMN = (
    Issue(
        "text/issue-10.txt",
        10,
        "Letters to the figures desk",
        "2024-10-04",
        "Lena Brandt",
        "Still no printer. We use the time to answer your letters.",
        (
            Item(
                "The owl at the school",
                (
                    "Mrs Petersen asks whether the owl that sits on the weather station of the school is "
                    "real. It is made of plastic and was put there against the pigeons, who like it.",
                    Figure(
                        None,
                        "Figure 1: Pigeons on and around a plastic owl, before and after the coat of paint.",
                        "Photo: Mrs Petersen",
                        status="missing",
                    ),
                    "The chart she sent along has a broken axis, and so we print neither.",
                ),
            ),
            Item(
                "Two scales",
                (
                    "Mr Haddad has caught us with two scales in one frame, in April. He is right, and he is "
                    "right again that one can prove anything with two scales, even that storks bring rain.",
                    Figure(
                        None,
                        "Figure 2: Storks and rainfall, 1990 to 2020, with the scales moved until they "
                        "agree.",
                        "Drawing: Mr Haddad",
                        status="missing",
                    ),
                    "We promise not to do it again before next April.",
                ),
            ),
            Item(
                "A question of colour",
                (
                    "One reader in twelve cannot tell our red from our green. From this issue on each "
                    "line that means something is also dashed, thick or labelled.",
                    Figure(
                        None,
                        "Figure 3: The subway map as eight per cent of our male readers see it.",
                        "Source: Eye Clinic, simulation",
                        status="missing",
                    ),
                ),
            ),
        ),
    ),
    Issue(
        "2024-11/index.html",
        11,
        "How to find a picture",
        "2024-11-01",
        "Tom Okafor",
        "We have printed sixty figures this year and cannot find any of them. An issue about looking for "
        "pictures with words.",
        (
            Item(
                "1. Two readers, one shelf",
                (
                    "Take a machine that reads pictures and a machine that reads sentences, and teach "
                    "both to put what they have read on the same shelf. If a picture and a sentence mean "
                    "the same thing, they shall stand side by side; if not, far apart. After a few "
                    "hundred million pairs they agree.",
                    Figure(
                        "2024-11/shelf.png",
                        "Two encoders and one space: the picture and its sentence point the same way.",
                        "Drawing: Lena Brandt",
                        "A picture and a text go through two encoders onto one sphere",
                    ),
                    "To search, put your words on the shelf and see what stands next to them. Nobody has "
                    "to write a caption. We go on writing them all the same.",
                ),
            ),
            Item(
                "2. The tower",
                (
                    "The machine that reads sentences is a stack of identical floors. On every floor each "
                    "word looks at all the other words, then thinks for itself, then goes up. The loops "
                    "on the left carry the old thought past each step, so that nothing gets lost on the "
                    "stairs.",
                    Figure(
                        "2024-11/tower.png",
                        "One floor of the tower; there are N of them.",
                        "Drawing: Lena Brandt",
                        "Block diagram with attention and feed-forward boxes",
                        way="paragraph",
                    ),
                    "The same tower reads pictures, if one cuts them into tiles and calls each tile a word.",
                ),
            ),
            Item(
                "3. Before you draw anything",
                (
                    "What is easy to find was easy to read. Nadia from the typesetting desk has put our "
                    "whole style guide on one page, with two questions and a way back.",
                    Figure(
                        "2024-11/style.png",
                        "Start at the top. Most figures go round twice.",
                        "Drawing: N. Wirth",
                        "Flow chart with two decisions",
                    ),
                ),
            ),
            Item(
                "4. We counted ourselves",
                (
                    "The length of our sentences has a long tail on the right, and its name is Tom. The "
                    "middle is at about seventeen words, which is where this one ends.",
                    Figure(
                        "2024-11/words.png",
                        "",
                        "Source: issues 1 to 10",
                        "Histogram of words in a sentence",
                        way="bare-credit",
                    ),
                    "The reading room, where all this is written, is full at four in the afternoon and "
                    "deserted at nine. On Saturdays it is the other way round; on Sundays we sleep.",
                    Figure(
                        "2024-11/hours.png",
                        "The library week, hour by hour.",
                        "Source: door counter",
                        "Heat map of days and hours",
                        way="title",
                    ),
                ),
            ),
        ),
    ),
    Issue(
        "posts/2024-12-06-the-year-in-six-pictures.md",
        12,
        "The year in six pictures",
        "2024-12-06",
        "Ida Moss",
        "No lesson this month. Six pictures that were left on the desk, and why each of them stayed there.",
        (
            Item(
                "1. The evening one",
                (
                    "Taken on the last day of the holidays by everybody who was there. We got eleven of "
                    "them, all alike: the same sun, the same fold in the mountains, the same stripe on "
                    "the water.",
                    Figure(
                        "images/evening.jpg",
                        "The eleventh.",
                        "Photo: L. Brandt",
                        "A mountain lake at sunset",
                        way="italic",
                    ),
                    "It stayed on the desk because one cannot say anything about it.",
                ),
            ),
            Item(
                "2. The one with too many windows",
                (
                    "Count the lights, said the competition in March, and two readers did. They are 61 "
                    "apart.",
                    Figure("images/night.jpg", "Still disputed.", "Photo: T. Okafor", "", way="tight"),
                    "We shall ask the power station, which has its own view of the matter: what the town "
                    "burns by night the wind has to bring, while at noon the roofs do half of the work.",
                    Figure(
                        "images/power.png",
                        "Water, wind, sun, and a little gas for the soup at eight.",
                        "Source: Island Power",
                        "Stacked area chart of one day",
                        way="reference",
                    ),
                ),
            ),
            Item(
                "3. The one that was too steep",
                (
                    "Five summits of the range side by side, as old atlases had them on the first page. "
                    "Nobody climbs them in this order and nobody has ever seen them so. It is a bar chart "
                    "with snow on it.",
                    Figure(
                        "images/summits.png",
                        "The Anvil wins.",
                        "Drawing: Ida Moss",
                        "Five mountains compared by height",
                        way="italic",
                    ),
                    "The sixth is missing because it is hollow.",
                    Figure(
                        "images/volcano.jpg",
                        "What is under the sixth: a chamber, a pipe and a bad temper.",
                        "Drawing: Lena Brandt",
                        "Cross-section of a volcano",
                        way="html",
                    ),
                ),
            ),
            Item(
                "4. The last one",
                (
                    "Saturday, a quarter past nine, apples at 4.20. The figures of the year that we like "
                    "best are written with chalk and wiped off at noon.",
                    Figure(
                        "images/stall.jpg",
                        "Numbers, with fruit.",
                        "Photo: T. Okafor",
                        "Fruit on a market stall under a striped awning",
                        way="italic",
                    ),
                    "Thank you for reading. The light stays on.",
                ),
            ),
        ),
    ),
)
