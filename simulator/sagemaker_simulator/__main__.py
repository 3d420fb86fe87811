"""`python -m sagemaker_simulator`: see `command_line.py`."""

import sys

from .command_line import main

sys.exit(main())
