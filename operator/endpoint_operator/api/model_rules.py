"""CEL rules on `spec` of an InferenceModel: what one object decides alone, and what may never change."""

from endpoint_operator.api.spec_rules import Rule

SOURCE_RULES: tuple[Rule, ...] = (
    (
        "self.s3Uri.endsWith('.tar.gz') || self.s3Uri.endsWith('/')",
        "s3Uri is a .tar.gz, or a directory, which ends in a slash",
        ".s3Uri",
    ),
    (
        "!has(self.configTemplate) || (self.s3Uri.endsWith('/') && self.layout == 'Triton')",
        "configTemplate needs layout Triton and a directory (ending in a slash) as s3Uri; "
        "archives are copied as they are",
        ".configTemplate",
    ),
    (
        "!has(self.serviceAccountName) || self.s3Uri.endsWith('/')",
        "serviceAccountName is that of the packing Job, which only a directory as s3Uri (ending in a slash) has",
        ".serviceAccountName",
    ),
)

WARM_UP_RULES: tuple[Rule, ...] = (
    ("has(self.body) != has(self.bodyS3Uri)", "give the request either as body or as bodyS3Uri", ".body"),
)

MODEL_RULES: tuple[Rule, ...] = (
    (
        "self.endpointRef.name == oldSelf.endpointRef.name",
        "endpointRef.name never changes: delete the object and make another",
        ".endpointRef.name",
    ),
    (
        "has(self.modelId) == has(oldSelf.modelId) && (!has(self.modelId) || self.modelId == oldSelf.modelId)",
        "modelId is never set, changed or taken away later: delete the object and make another",
        ".modelId",
    ),
    (
        # SageMaker takes archives only, and appends TargetModel to the prefix, which ends in a slash.
        "!has(self.targetModel) || (self.targetModel.endsWith('.tar.gz') && !self.targetModel.startsWith('/'))",
        "targetModel ends in .tar.gz and has no leading slash: it is a key below the endpoint's prefix",
        ".targetModel",
    ),
)
