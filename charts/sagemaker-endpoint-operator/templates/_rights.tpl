{{/* What the operator may do in the cluster: the rules of config/rbac/operator.yaml, sorted by where they hold. */}}

{{/* Everywhere that it works. */}}
{{- define "operator.rulesOfWork" -}}
- apiGroups: [inference.endpoint-operator.dev]
  resources: [inferenceendpoints, inferencemodels]
  verbs: [list, watch, patch]
- apiGroups: [inference.endpoint-operator.dev]
  resources: [inferenceendpoints/status, inferencemodels/status]
  verbs: [update]
- apiGroups: [""]
  resources: [events]
  verbs: [create]
{{- if and .Values.rbac.inputs.enabled (not .Values.rbac.inputs.namespaces) }}
{{ include "operator.rulesOfInputs" . }}
{{- end }}
{{- if .Values.rbac.exports }}
- apiGroups: [""]
  resources: [configmaps]
  verbs: [create, patch, delete]
{{- end }}
{{- if .Values.packer.image.repository }}
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, create, delete]
- apiGroups: [""]
  resources: [pods]
  verbs: [list]
{{- end }}
{{- end }}

{{/* Where values may be taken from. */}}
{{- define "operator.rulesOfInputs" -}}
- apiGroups: [""]
  resources: [secrets, configmaps]
  verbs: [get]
{{- end }}

{{/* Without settings.clusterId the uid of kube-system names the cluster. */}}
{{- define "operator.rulesOfTheCluster" -}}
- apiGroups: [""]
  resources: [namespaces]
  resourceNames: [kube-system]
  verbs: [get]
{{- end }}

{{/* In its own namespace: the Lease, and the key by which revisions are named after values. */}}
{{- define "operator.rulesAtHome" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [endpoint-operator]
  verbs: [get, update]
- apiGroups: [""]
  resources: [secrets]
  verbs: [create]
- apiGroups: [""]
  resources: [secrets]
  resourceNames: [endpoint-operator-revision-key]
  verbs: [get]
{{- end }}

{{/* Takes root, namespace, name and rules: a Role, bound to the operator's ServiceAccount. */}}
{{- define "operator.roleBound" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ .name }}
  namespace: {{ .namespace }}
  labels:
    {{- include "operator.labels" .root | nindent 4 }}
rules:
  {{- .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .name }}
  namespace: {{ .namespace }}
  labels:
    {{- include "operator.labels" .root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ .name }}
subjects:
  - kind: ServiceAccount
    name: {{ include "operator.serviceAccount" .root }}
    namespace: {{ .root.Release.Namespace }}
{{- end }}
