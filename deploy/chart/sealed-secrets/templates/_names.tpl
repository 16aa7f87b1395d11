{{- /*
The names of these templates are upstream's, as values that hold templates may include them.
*/}}
{{- define "sealed-secrets.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "sealed-secrets.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "sealed-secrets.namespace" -}}
{{- .Values.namespace | default .Release.Namespace -}}
{{- end }}

{{- define "sealed-secrets.chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "sealed-secrets.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "sealed-secrets.fullname" .) "default") -}}
{{- end }}

{{- define "sealed-secrets.kubeVersion" -}}
{{- (.Values.global).kubeVersion | default .Values.kubeVersion | default .Capabilities.KubeVersion.Version -}}
{{- end }}

{{- /* What selects the pods. A Deployment's selector can never change, so neither can this. */}}
{{- define "sealed-secrets.matchLabels" -}}
app.kubernetes.io/name: {{ include "sealed-secrets.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sealed-secrets.labels" -}}
{{ include "sealed-secrets.matchLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: sealed-secrets
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ include "sealed-secrets.chart" . }}
{{- end }}

{{- /* A value, text or not, with the templates in it rendered: value, context. */}}
{{- define "sealed-secrets.render" -}}
{{- tpl (kindIs "string" .value | ternary .value (toYaml .value)) .context -}}
{{- end }}

{{- /* Maps made one, later ones win: values, context. Nothing if all are empty. */}}
{{- define "sealed-secrets.merged" -}}
{{- $all := dict -}}
{{- range .values -}}
  {{- $text := include "sealed-secrets.render" (dict "value" . "context" $.context) -}}
  {{- $map := fromYaml $text -}}
  {{- if hasKey $map "Error" -}}
    {{- fail (printf "labels or annotations are no map: %s" $text) -}}
  {{- end -}}
  {{- range $key, $value := $map -}}
    {{- $_ := set $all $key $value -}}
  {{- end -}}
{{- end -}}
{{- with $all }}{{ toYaml . }}{{ end -}}
{{- end }}

{{- /* The metadata of an object: name, namespace (absent where the kind has none), labels and annotations (lists of maps), context. */}}
{{- define "sealed-secrets.metadata" -}}
name: {{ .name }}
{{- with .namespace }}
namespace: {{ . }}
{{- end }}
labels:
{{- include "sealed-secrets.merged" (dict "context" .context "values" (prepend .labels (include "sealed-secrets.labels" .context))) | nindent 2 }}
{{- with include "sealed-secrets.merged" (dict "context" .context "values" .annotations) }}
annotations: {{- . | nindent 2 }}
{{- end }}
{{- end }}
