"""How captions of figures begin on paper, in the languages of many houses."""

from __future__ import annotations

import re

_NUMBER = r"\s*(?:[A-Z]?\.?\d+|[IVXLC]+\b)(?:[.\-–]\d+)*[a-z]?"
_NAMES = (
    r"(?:extended\s+data\s+|supplementary\s+)?(?:figs?|figures?|figur[ae]?|figuur|abb(?:ildung)?|plates?|schemes?|"
    r"charts?|graphs?|diagrams?|image|picture|photo|illustration|map|exhibit|рис(?:унок)?|图|圖|図|그림)"
)
STOPPED = re.compile(rf"^\W{{0,3}}{_NAMES}\.?{_NUMBER}\s*(?:[.:;)—–|。：-]|$)", re.IGNORECASE)
# "Fig. 3 Growth of the city" is a caption where it is set as one; "Figure 3 shows" never is.
UNSTOPPED = re.compile(rf"^(?i:{_NAMES})\.?{_NUMBER}\s+[\W\d]?[^\W\d_a-zà-ÿ]")
