"""``python -m runspan``."""

import sys

from runspan.cli.main import main

sys.exit(main())
