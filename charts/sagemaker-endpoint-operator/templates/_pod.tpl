{{/* The operator's Pod. */}}

{{- define "operator.pod" -}}
serviceAccountName: {{ include "operator.serviceAccount" . }}
automountServiceAccountToken: true
enableServiceLinks: false
terminationGracePeriodSeconds: {{ int .Values.terminationGracePeriodSeconds }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
containers:
  - {{- include "operator.container" . | nindent 4 }}
{{- $tenancy := not (kindIs "invalid" .Values.tenancy.rules) }}
{{- if or $tenancy .Values.extraVolumes }}
volumes:
  {{- if $tenancy }}
  - name: tenancy
    configMap:
      name: {{ include "operator.fullname" . }}-tenancy
  {{- end }}
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{ include "operator.placement" . }}
{{- end }}

{{- define "operator.container" -}}
name: operator
image: {{ include "operator.image" (dict "root" . "image" .Values.image "path" "image") | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args:
  {{- include "operator.arguments" . | nindent 2 }}
{{- include "operator.variables" . }}
ports:
  - name: http
    containerPort: {{ int .Values.metrics.port }}
startupProbe:
  httpGet: {path: /healthz, port: http}
  {{- toYaml .Values.probes.startup | nindent 2 }}
livenessProbe:
  httpGet: {path: /healthz, port: http}
  {{- toYaml .Values.probes.liveness | nindent 2 }}
readinessProbe:
  httpGet: {path: /readyz, port: http}
  {{- toYaml .Values.probes.readiness | nindent 2 }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
terminationMessagePolicy: FallbackToLogsOnError
{{- $tenancy := not (kindIs "invalid" .Values.tenancy.rules) }}
{{- if or $tenancy .Values.extraVolumeMounts }}
volumeMounts:
  {{- if $tenancy }}
  # A folder: a file alone (subPath) would never be brought up to date.
  - name: tenancy
    mountPath: /etc/endpoint-operator/tenancy
    readOnly: true
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "operator.variables" -}}
{{- if or .Values.simulator.enabled .Values.extraEnv }}
env:
  {{- if .Values.simulator.enabled }}
  {{- range $name, $value := include "operator.simulatedAws" . | fromYaml }}
  - name: {{ $name }}
    value: {{ $value | quote }}
  {{- end }}
  {{- end }}
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- with .Values.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* On which nodes. */}}
{{- define "operator.placement" -}}
{{- $ours := dict "labelSelector" (dict "matchLabels" (include "operator.selector" . | fromYaml)) -}}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  - {{- if hasKey . "labelSelector" }}{{ toYaml . | nindent 4 }}{{ else }}{{ merge (dict) . $ours | toYaml | nindent 4 }}{{ end }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
