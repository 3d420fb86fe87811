"""CEL rules on `spec` of an InferenceEndpoint: which mode takes which field, and what may never change.

Each rule's evidence is in the SageMaker Developer Guide's feature matrix, its page on exclusions of deployment
guardrails and of shadow tests, and its pages on serverless, asynchronous and multi-model endpoints. What the API
server refuses here never reaches the operator, so each sentence names the field and the remedy.
"""

Rule = tuple[str, str] | tuple[str, str, str]

SHAPE: tuple[Rule, ...] = (
    ("has(self.containers) != has(self.variants)", "give either containers or variants", ".variants"),
    (
        "has(self.variants) ? !has(self.instance) : (self.mode == 'Serverless') != has(self.instance)",
        "modes RealTime, MultiModel and Async need instance (with variants: one in each variant); "
        "a serverless endpoint has no instance",
        ".instance",
    ),
    (
        "(self.mode == 'Serverless') == has(self.serverless)",
        "serverless belongs to mode Serverless, which needs it",
        ".serverless",
    ),
    ("(self.mode == 'Async') == has(self.async)", "async belongs to mode Async, which needs it", ".async"),
    (
        "(self.mode == 'MultiModel') == has(self.multiModel)",
        "multiModel belongs to mode MultiModel, which needs it",
        ".multiModel",
    ),
    ("self.mode == 'RealTime' || !has(self.variants)", "variants need mode RealTime", ".variants"),
    (
        "!has(self.variants) || !has(self.autoscaling)",
        "with variants each variant has its own autoscaling",
        ".autoscaling",
    ),
    (
        "!has(self.variants) || self.variants.exists(v, !has(v.weight) || v.weight > 0.0)",
        "at least one of variants needs a weight above 0",
        ".variants",
    ),
    (
        "self.mode == 'RealTime' || !has(self.containers) || size(self.containers) == 1",
        "several containers need mode RealTime",
        ".containers",
    ),
    (
        "!has(self.containers) || self.containers.all(c, has(c.name)) || !self.containers.exists(c, has(c.name))",
        "name every one of containers or none",
        ".containers",
    ),
    (
        "!has(self.containerInvocation) || (has(self.containers) && size(self.containers) > 1)",
        "containerInvocation is for several containers",
        ".containerInvocation",
    ),
    (
        "!has(self.containerInvocation) || self.containerInvocation != 'Direct' || !has(self.containers) || "
        "self.containers.all(c, has(c.name) && self.containers.exists_one(d, has(d.name) && d.name == c.name))",
        "with containerInvocation Direct every one of containers needs its own name",
        ".containers",
    ),
    (
        "self.mode != 'MultiModel' || !has(self.containers) || self.containers.all(c, !has(c.modelData))",
        "containers of mode MultiModel have no modelData: their models lie under multiModel.s3Prefix",
        ".containers",
    ),
)

SHADOW: tuple[Rule, ...] = (
    ("!has(self.shadow) || self.mode == 'RealTime'", "shadow needs mode RealTime", ".shadow"),
    (
        "!has(self.shadow) || !has(self.variants) || size(self.variants) == 1",
        "shadow needs exactly one of variants",
        ".shadow",
    ),
    (
        "!has(self.shadow) || (size(self.shadow.containers) == 1 && (has(self.variants) ? "
        "self.variants.all(v, size(v.containers) == 1) : !has(self.containers) || size(self.containers) == 1))",
        "shadow needs one container, and one beside it in production",
        ".shadow",
    ),
    (
        "!has(self.shadow) || (has(self.variants) ? self.variants.all(v, v.name != self.shadow.name) "
        ": self.shadow.name != 'AllTraffic')",
        "shadow.name must differ from the name of the production variant",
        ".shadow.name",
    ),
)

EXCLUSIONS: tuple[Rule, ...] = (
    ("self.mode != 'Serverless' || !has(self.network)", "network is not for mode Serverless", ".network"),
    (
        "self.mode != 'Serverless' || !has(self.containers) || "
        "self.containers.all(c, !has(c.modelData) || !has(c.modelData.compression) || "
        "c.modelData.compression == 'Gzip')",
        "containers of mode Serverless take one .tar.gz: modelData.compression None is not for them",
        ".containers",
    ),
    (
        "!has(self.instance) || !has(self.instance.pools) || "
        "(self.mode in ['RealTime', 'Async'] && (!has(self.containers) || size(self.containers) == 1))",
        "instance.pools needs mode RealTime or Async, and one container",
        ".instance.pools",
    ),
    (
        "!has(self.dataCapture) || self.mode == 'RealTime'",
        "dataCapture needs mode RealTime",
        ".dataCapture",
    ),
    (
        "!has(self.dataCapture) || (has(self.variants) ? self.variants.all(v, size(v.containers) == 1) "
        ": !has(self.containers) || size(self.containers) == 1)",
        "dataCapture needs one container in each variant",
        ".dataCapture",
    ),
    (
        "!has(self.tags) || self.tags.all(k, size(k) <= 128 && !k.startsWith('aws:') "
        "&& !k.startsWith('inference.endpoint-operator.dev/'))",
        "keys of tags have at most 128 characters and begin neither with aws: "
        "nor with inference.endpoint-operator.dev/",
        ".tags",
    ),
)

AUTOSCALING: tuple[Rule, ...] = (
    (
        "!has(self.autoscaling) || self.autoscaling.minCount > 0 || self.mode == 'Async'",
        "autoscaling.minCount 0 needs mode Async",
        ".autoscaling.minCount",
    ),
    (
        "!has(self.autoscaling) || !has(self.autoscaling.backlogPerInstance) || self.mode == 'Async'",
        "autoscaling.backlogPerInstance needs mode Async",
        ".autoscaling.backlogPerInstance",
    ),
    (
        "!has(self.autoscaling) || !(has(self.autoscaling.invocationsPerInstance) || "
        "has(self.autoscaling.concurrentRequestsPerModel)) || self.mode in ['RealTime', 'MultiModel']",
        "autoscaling by invocationsPerInstance or concurrentRequestsPerModel needs mode RealTime or MultiModel",
        ".autoscaling",
    ),
    (
        "!has(self.autoscaling) || (self.mode == 'Serverless' ? "
        "has(self.autoscaling.provisionedConcurrencyUtilization) : "
        "!has(self.autoscaling.provisionedConcurrencyUtilization))",
        "autoscaling.provisionedConcurrencyUtilization belongs to mode Serverless, which scales by nothing else",
        ".autoscaling.provisionedConcurrencyUtilization",
    ),
    (
        "!has(self.autoscaling) || !has(self.serverless) || (has(self.serverless.provisionedConcurrency) "
        "&& self.autoscaling.maxCount <= self.serverless.maxConcurrency)",
        "autoscaling of a serverless endpoint needs serverless.provisionedConcurrency, "
        "and maxCount is at most serverless.maxConcurrency",
        ".autoscaling.maxCount",
    ),
    (
        "!has(self.autoscaling) || !has(self.instance) || !self.instance.type.startsWith('ml.t2.')",
        "autoscaling is not for ml.t2 instances",
        ".autoscaling",
    ),
)

ROLLOUT: tuple[Rule, ...] = (
    (
        "!has(self.rollout) || self.rollout.strategy == 'AllAtOnce' || self.mode != 'Serverless'",
        "rollout.strategy of a serverless endpoint is AllAtOnce",
        ".rollout.strategy",
    ),
    (
        "!has(self.rollout) || (self.rollout.strategy == 'AllAtOnce') != has(self.rollout.step)",
        "rollout.strategy Canary, Linear and Rolling need rollout.step; AllAtOnce has none",
        ".rollout.step",
    ),
    (
        "!has(self.rollout) || (self.rollout.strategy == 'AllAtOnce') != has(self.rollout.waitSeconds)",
        "rollout.strategy Canary, Linear and Rolling need rollout.waitSeconds; "
        "the baking time of AllAtOnce is terminationWaitSeconds",
        ".rollout.waitSeconds",
    ),
    (
        "!has(self.rollout) || !has(self.rollout.step) || !has(self.rollout.step.percent) || "
        "(self.rollout.step.percent <= 50 && self.rollout.step.percent >= "
        "(self.rollout.strategy == 'Linear' ? 10 : (self.rollout.strategy == 'Rolling' ? 5 : 1)))",
        "rollout.step.percent is 1-50 for Canary, 10-50 for Linear, 5-50 for Rolling",
        ".rollout.step.percent",
    ),
    (
        "!has(self.rollout) || self.rollout.strategy != 'Rolling' || !has(self.rollout.terminationWaitSeconds)",
        "rollout.strategy Rolling has no terminationWaitSeconds",
        ".rollout.terminationWaitSeconds",
    ),
    (
        "!has(self.rollout) || self.rollout.strategy != 'Rolling' || !has(self.variants) || size(self.variants) == 1",
        "rollout.strategy Rolling is for one variant",
        ".rollout.strategy",
    ),
    (
        "!has(self.rollout) || !has(self.rollout.maxExecutionSeconds) || self.rollout.maxExecutionSeconds > "
        "(has(self.rollout.waitSeconds) ? self.rollout.waitSeconds : 0) + "
        "(has(self.rollout.terminationWaitSeconds) ? self.rollout.terminationWaitSeconds : 0)",
        "rollout.maxExecutionSeconds must exceed waitSeconds and terminationWaitSeconds together",
        ".rollout.maxExecutionSeconds",
    ),
)

CHANGES: tuple[Rule, ...] = (
    (
        "has(self.endpointName) == has(oldSelf.endpointName) && "
        "(!has(self.endpointName) || self.endpointName == oldSelf.endpointName)",
        "endpointName never changes: delete the object and make another",
        ".endpointName",
    ),
    (
        "self.mode == oldSelf.mode || self.replacePolicy == 'Recreate' || "
        "(oldSelf.mode != 'Async' && self.mode in ['RealTime', 'MultiModel'])",
        "mode: SageMaker cannot make this change in place; replacePolicy: Recreate deletes the endpoint "
        "and makes it again, and it does not answer meanwhile",
        ".mode",
    ),
)

SPEC_RULES: tuple[Rule, ...] = (*SHAPE, *SHADOW, *EXCLUSIONS, *AUTOSCALING, *ROLLOUT, *CHANGES)

# On the whole object, for they hold only once something exists in AWS.
OBJECT_RULES: tuple[Rule, ...] = (
    (
        "!has(oldSelf.status) || !has(oldSelf.status.endpoint) || !has(oldSelf.status.endpoint.arn) || "
        "(has(self.spec.region) == has(oldSelf.spec.region) && "
        "(!has(self.spec.region) || self.spec.region == oldSelf.spec.region))",
        "spec.region never changes while the endpoint exists: delete the object and make another",
        ".spec.region",
    ),
    (
        "!has(oldSelf.status) || !has(oldSelf.status.endpoint) || !has(oldSelf.status.endpoint.arn) || "
        "(has(self.spec.assumeRoleArn) == has(oldSelf.spec.assumeRoleArn) && "
        "(!has(self.spec.assumeRoleArn) || "
        "self.spec.assumeRoleArn.split(':')[4] == oldSelf.spec.assumeRoleArn.split(':')[4]))",
        "the account of spec.assumeRoleArn never changes while the endpoint exists: delete the object and make another",
        ".spec.assumeRoleArn",
    ),
)
