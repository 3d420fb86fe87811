{{/* Names and labels, and how an image is written. */}}

{{- define "operator.chart" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 50 | trimSuffix "-" }}
{{- end }}

{{/* Short enough for the suffixes that objects add. */}}
{{- define "operator.fullname" -}}
{{- $chart := include "operator.chart" . -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains $chart .Release.Name -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name $chart | trunc 50 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{/* Of objects without a namespace: releases of one name in two namespaces must not meet. */}}
{{- define "operator.clusterwideName" -}}
{{ printf "%s-%s" .Release.Namespace (include "operator.fullname" .) }}
{{- end }}

{{- define "operator.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default (include "operator.fullname" .) }}
{{- else -}}
{{ required "serviceAccount.name: with serviceAccount.create false, name one that exists" .Values.serviceAccount.name }}
{{- end -}}
{{- end }}

{{/* Never changed: a Deployment's selector cannot be. */}}
{{- define "operator.selector" -}}
app.kubernetes.io/name: {{ include "operator.chart" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end }}

{{- define "operator.simulatorSelector" -}}
app.kubernetes.io/name: {{ include "operator.chart" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: simulator
{{- end }}

{{- define "operator.labels" -}}
app.kubernetes.io/name: {{ include "operator.chart" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Takes image and path (where it stands in the values), and the root as root. */}}
{{- define "operator.image" -}}
{{- $folder := .path | trimSuffix ".image" | replace "image" "operator" -}}
{{- $missing := printf "%s.repository: name the image; it is built from containers/%s" .path $folder -}}
{{- $repository := required $missing .image.repository -}}
{{- if .image.digest -}}
{{ $repository }}@{{ .image.digest }}
{{- else -}}
{{ $repository }}:{{ .image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end }}
