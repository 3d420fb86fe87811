{{/* What makes every AWS client talk to the simulator: it takes any key, the account is always the same. */}}

{{- define "operator.simulatorUrl" -}}
http://{{ include "operator.fullname" . }}-simulator.{{ .Release.Namespace }}.svc:8080
{{- end }}

{{- define "operator.simulatedAws" -}}
AWS_ACCESS_KEY_ID: operator
AWS_SECRET_ACCESS_KEY: the-simulator-checks-no-signatures
AWS_EC2_METADATA_DISABLED: "true"
AWS_ENDPOINT_URL: {{ include "operator.simulatorUrl" . }}
AWS_REGION: {{ .Values.settings.region | default "us-east-1" }}
AWS_DEFAULT_REGION: {{ .Values.settings.region | default "us-east-1" }}
{{- end }}

{{- define "operator.simulatedAwsAsPairs" -}}
{{- $pairs := list -}}
{{- range $name, $value := include "operator.simulatedAws" . | fromYaml -}}
{{- $pairs = append $pairs (printf "%s=%s" $name $value) -}}
{{- end -}}
{{ join "," $pairs }}
{{- end }}
