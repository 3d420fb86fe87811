"""Names that outlive releases: group, tags, finalizer, annotations, field manager.

Changing one of them orphans what earlier releases made; none of them ever changes.
"""

from typing import Final

GROUP: Final = "inference.endpoint-operator.dev"
VERSION: Final = "v1alpha1"
API_VERSION: Final = f"{GROUP}/{VERSION}"

FIELD_MANAGER: Final = "endpoint-operator"
FINALIZER: Final = f"{GROUP}/aws"
RECONCILE_AT: Final = f"{GROUP}/reconcile-at"

TAG_MANAGED_BY: Final = f"{GROUP}/managed-by"
TAG_CLUSTER: Final = f"{GROUP}/cluster"
TAG_OBJECT: Final = f"{GROUP}/object"
TAG_UID: Final = f"{GROUP}/uid"
MANAGED_BY: Final = "endpoint-operator"
