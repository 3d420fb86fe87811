"""The API server: watch, Lease, finalizers, status, Events, inputs.

`kubernetes.aio` is a part of a package whose __init__ imports the whole synchronous client as well: a quarter of a
second and 7 MiB for nothing. So the package stands here without its __init__ having run; what is asked for is imported
from its own place.
"""

import sys
from importlib.util import find_spec, module_from_spec

if "kubernetes" not in sys.modules:
    _spec = find_spec("kubernetes")
    if _spec is not None:
        sys.modules["kubernetes"] = module_from_spec(_spec)
