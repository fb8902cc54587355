"""python -m examples.draw_sample_archive [FOLDER]: draws it all into FOLDER, or into examples/ itself."""

import sys
from pathlib import Path

from .archive import write_all

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent
write_all(folder)
print(f"Written: {folder / 'sample-archive'}")
