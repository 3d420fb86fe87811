"""What the ConfigMap of `export` says of an endpoint's models: how callers name them, and their TargetModel."""

import json
from collections.abc import Mapping

# A ConfigMap holds 1 MiB of values (Kubernetes API reference, ConfigMap); what else stands in it is a few hundred
# bytes.
MOST_BYTES = 1024 * 1024 - 16 * 1024


def models_data(target_models: Mapping[str, str]) -> dict[str, str]:
    """Two keys of the ConfigMap: `targetModels`, a JSON object of TargetModel by model id, and how many are not in it.

    Where not all have room the first by their ids are in it, so that the same ones stay in it.
    """
    rows, size = [], len("{}")
    for model_id in sorted(target_models):
        row = f"{json.dumps(model_id)}:{json.dumps(target_models[model_id])}"
        size += len(row) + len(",")
        if size > MOST_BYTES:
            break
        rows.append(row)
    left_out = len(target_models) - len(rows)
    return {"targetModels": f"{{{','.join(rows)}}}", "targetModelsLeftOut": str(left_out)}
