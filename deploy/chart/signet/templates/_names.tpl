{{- define "signet.name" -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "signet.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "signet.labels" -}}
{{ include "signet.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "signet.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "signet.name" .) -}}
{{- end }}

{{- define "signet.lease" -}}
{{- .Values.leaderElection.leaseName | default (include "signet.name" .) -}}
{{- end }}

{{- define "signet.keyNamespace" -}}
{{- .Values.keyNamespace | default .Release.Namespace -}}
{{- end }}

{{- define "signet.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- /* Of a resource of the whole cluster; a name of its own for each release. */}}
{{- define "signet.validation" -}}
{{- .Release.Namespace }}-{{ include "signet.name" . }}-validate
{{- end }}

{{- define "signet.webhookSecret" -}}
{{- include "signet.name" . | trunc 55 | trimSuffix "-" }}-webhook
{{- end }}
