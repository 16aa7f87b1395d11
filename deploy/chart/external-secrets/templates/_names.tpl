{{- /*
The names of these templates are upstream's, as values that hold templates may include them.
*/}}
{{- define "external-secrets.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "external-secrets.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- /* A name that a Service may have: context and suffix. */}}
{{- define "external-secrets.componentName" -}}
{{- $suffix := last . -}}
{{- include "external-secrets.fullname" (first .) | trunc (int (sub 63 (len $suffix))) | trimSuffix "-" }}{{ $suffix }}
{{- end }}

{{- define "external-secrets.namespace" -}}
{{- .Values.namespaceOverride | default .Release.Namespace -}}
{{- end }}

{{- define "external-secrets.chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "external-secrets.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "external-secrets.fullname" .) "default") -}}
{{- end }}

{{- define "external-secrets.image" -}}
{{- $image := .Values.image -}}
{{- $tag := $image.tag | default .Chart.AppVersion -}}
{{- .Values.global.repository | default $image.repository }}:{{ $tag }}{{ with $image.flavour }}-{{ . }}{{ end }}
{{- end }}

{{- /* What selects the pods. A Deployment's selector can never change, so neither can this. */}}
{{- define "external-secrets.selectorLabels" -}}
app.kubernetes.io/name: {{ include "external-secrets.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* The labels of all objects, those of upstream's webhook and cert controller with another name: context and suffix. */}}
{{- define "external-secrets.labelsOf" -}}
{{- $context := first . -}}
{{- $labels := dict
  "app.kubernetes.io/name" (printf "%s%s" (include "external-secrets.name" $context) (last .))
  "app.kubernetes.io/instance" $context.Release.Name
  "app.kubernetes.io/managed-by" $context.Release.Service
  "app.kubernetes.io/version" $context.Chart.AppVersion
  "helm.sh/chart" (include "external-secrets.chart" $context) -}}
{{- toYaml (mergeOverwrite $labels (deepCopy $context.Values.commonLabels)) -}}
{{- end }}

{{- define "external-secrets.labels" -}}
{{- include "external-secrets.labelsOf" (list . "") -}}
{{- end }}

{{- define "external-secrets-webhook.labels" -}}
{{- include "external-secrets.labelsOf" (list . "-webhook") -}}
{{- end }}

{{- /* A value, text or not, with the templates in it rendered: value, context. */}}
{{- define "external-secrets.render" -}}
{{- tpl (kindIs "string" .value | ternary .value (toYaml .value)) .context -}}
{{- end }}

{{- /* Maps made one, later ones win. Nothing if all are empty. */}}
{{- define "external-secrets.merged" -}}
{{- $all := dict -}}
{{- range . -}}
  {{- range $key, $value := . -}}
    {{- $_ := set $all $key $value -}}
  {{- end -}}
{{- end -}}
{{- with $all }}{{ toYaml . }}{{ end -}}
{{- end }}

{{- /* The metadata of an object: name, namespace (absent where the kind has none), of (a suffix), labels and annotations (lists of maps), context. */}}
{{- define "external-secrets.metadata" -}}
name: {{ .name | quote }}
{{- with .namespace }}
namespace: {{ . | quote }}
{{- end }}
labels: {{- include "external-secrets.merged" (prepend (.labels | default list) (include "external-secrets.labelsOf" (list .context (.of | default "")) | fromYaml)) | nindent 2 }}
{{- with include "external-secrets.merged" (.annotations | default list) }}
annotations: {{- . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* A securityContext without what OpenShift chooses itself, where that is asked for: values, context. Nothing where it is off. */}}
{{- define "external-secrets.securityContext" -}}
{{- $fields := omit .values "enabled" -}}
{{- if and .values.enabled $fields -}}
{{- $adapt := ((.context.Values.global.compatibility).openshift).adaptSecurityContext -}}
{{- if or (eq "force" (toString $adapt)) (and (eq "auto" (toString $adapt)) (.context.Capabilities.APIVersions.Has "security.openshift.io/v1")) -}}
  {{- $fields = omit $fields "fsGroup" "runAsUser" "runAsGroup" -}}
  {{- if not $fields.seLinuxOptions -}}
    {{- $fields = omit $fields "seLinuxOptions" -}}
  {{- end -}}
{{- end -}}
{{- toYaml $fields -}}
{{- end -}}
{{- end }}

{{- /* Whether there is a webhook: it is part of the operator. */}}
{{- define "external-secrets.webhook" -}}
{{- if and .Values.createOperator .Values.webhook.create }}true{{ end -}}
{{- end }}

{{- /* Whether ServiceMonitors are made: "true", "missing" or nothing. */}}
{{- define "external-secrets.monitored" -}}
{{- with .Values.serviceMonitor -}}
{{- $there := $.Capabilities.APIVersions.Has "monitoring.coreos.com/v1/ServiceMonitor" -}}
{{- if and (eq .renderMode "failIfMissing") (not $there) -}}
  {{- fail "serviceMonitor.renderMode: failIfMissing, and the cluster has no ServiceMonitor of monitoring.coreos.com/v1" -}}
{{- end -}}
{{- if .enabled -}}
{{- or $there (eq .renderMode "alwaysRender") | ternary "true" "missing" -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- /* The namespace that the operator is kept to, if it is. */}}
{{- define "external-secrets.scope" -}}
{{- if or .Values.scopedNamespace .Values.scopedRBAC }}{{ .Values.scopedNamespace | default .Release.Namespace }}{{ end -}}
{{- end }}
