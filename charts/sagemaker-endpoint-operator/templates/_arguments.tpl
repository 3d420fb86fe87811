{{/* How the operator is started. */}}

{{/* Takes a value of settings; numbers as JSON writes them, for Go writes a million as 1e+06. $ would name a variable. */}}
{{- define "operator.word" -}}
{{- if kindIs "string" . }}{{ . | replace "$" "$$" }}{{ else }}{{ . | toJson }}{{ end -}}
{{- end }}

{{- define "operator.arguments" -}}
- run
- {{ printf "--operator-namespace=%s" .Release.Namespace | quote }}
{{- /* Without a host it listens on IPv4 and IPv6, whichever the cluster has. */}}
- {{ printf "--http-address=:%d" (int .Values.metrics.port) | quote }}
{{- with .Values.watchNamespaces }}
- {{ printf "--namespaces=%s" (join "," .) | quote }}
{{- end }}
{{- if not (kindIs "invalid" .Values.tenancy.rules) }}
- --tenancy-file=/etc/endpoint-operator/tenancy/tenancy.yaml
{{- end }}
{{- if .Values.packer.image.repository }}
- {{ printf "--packer-image=%s" (include "operator.image" (dict "root" . "image" .Values.packer.image "path" "packer.image")) | quote }}
{{- end }}
{{- range $name, $value := .Values.settings }}
- {{ printf "--%s=%s" (kebabcase $name) (include "operator.word" $value) | quote }}
{{- end }}
{{- if and .Values.simulator.enabled .Values.packer.image.repository (not .Values.settings.packerEnvironment) }}
- {{ printf "--packer-environment=%s" (include "operator.simulatedAwsAsPairs" .) | quote }}
{{- end }}
{{- range .Values.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end }}
