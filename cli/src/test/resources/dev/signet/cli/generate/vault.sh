#!/usr/bin/env bash
set -euo pipefail

export VAULT_ADDR=${VAULT_ADDR:-https://vault.acme.com}

if ! vault read sys/auth/approle/tune > /dev/null 2>&1; then
  vault auth enable -path=approle approle
fi

if ! vault read sys/auth/cert/tune > /dev/null 2>&1; then
  vault auth enable -path=cert cert
fi

if ! vault read sys/auth/kubernetes/tune > /dev/null 2>&1; then
  vault auth enable -path=kubernetes kubernetes
  vault write auth/kubernetes/config \
    kubernetes_host="${KUBERNETES_HOST:?the address of the API server, as Vault reaches it}" \
    kubernetes_ca_cert="${KUBERNETES_CA_CERT:-}" \
    token_reviewer_jwt="${TOKEN_REVIEWER_JWT:-}"
fi

if ! vault read sys/auth/ldap/tune > /dev/null 2>&1; then
  vault auth enable -path=ldap ldap
fi
# auth/ldap/config is to say where the directory is, and how it is asked.

if ! vault read sys/auth/oidc/tune > /dev/null 2>&1; then
  vault auth enable -path=oidc jwt
  vault write auth/oidc/config \
    oidc_discovery_url="${OIDC_DISCOVERY_URL:?the issuer of the tokens}"
fi

if ! vault read sys/auth/userpass/tune > /dev/null 2>&1; then
  vault auth enable -path=userpass userpass
fi

# SecretStore production/vault-store
vault policy write checkout-service - <<'EOF'
# ExternalSecret production/checkout-db-credentials
path "database/creds/checkout-readwrite" {
  capabilities = ["read"]
}

# ExternalSecret production/checkout-db-credentials
path "secret/data/database/creds/checkout-readwrite" {
  capabilities = ["read"]
}
EOF
vault write auth/kubernetes/role/checkout-service \
  token_policies=checkout-service \
  token_ttl=1h \
  bound_service_account_names=checkout-service \
  bound_service_account_namespaces=production

# SecretStore production/by-jwt
vault policy write legacy - <<'EOF'
# ExternalSecret production/many
path "legacy/old/app" {
  capabilities = ["read"]
}
EOF
vault write auth/oidc/role/legacy \
  token_policies=legacy \
  token_ttl=1h \
  role_type=jwt \
  user_claim=sub \
  bound_audiences=vault \
  bound_subject=system:serviceaccount:production:reader

# SecretStore production/by-password
vault policy write app-user - <<'EOF'
# ExternalSecret production/many
path "secret/data/user/app" {
  capabilities = ["read"]
}
EOF
kubectl get secret vault-user -n production -o jsonpath='{.data.password}' | base64 -d |
  vault write 'auth/userpass/users/App User' \
  token_policies=app-user \
  token_ttl=1h \
  password=-

# SecretStore production/by-directory
vault policy write reader - <<'EOF'
# ExternalSecret production/many
path "secret/metadata/directory/app" {
  capabilities = ["read"]
}
EOF
vault write auth/ldap/users/reader \
  policies=reader

# SecretStore production/by-certificate
vault policy write app - <<'EOF'
# ExternalSecret production/many
path "secret/data/certificate/app" {
  capabilities = ["read"]
}
EOF
kubectl get secret client -n production -o jsonpath='{.data.tls\.crt}' | base64 -d |
  vault write auth/cert/certs/app \
  token_policies=app \
  token_ttl=1h \
  certificate=-

# SecretStore production/by-token
vault policy write production-by-token - <<'EOF'
# ExternalSecret production/many
path "secret/data/token/app" {
  capabilities = ["read"]
}
EOF
# Secret production/vault-token, key token needs a token with this policy: vault token create -orphan -policy=production-by-token

# SecretStore production/by-approle
vault policy write production-by-approle - <<'EOF'
# PushSecret production/certificates
path "secret/data/pushed/tls" {
  capabilities = ["read", "update", "delete"]
}

# PushSecret production/certificates
path "secret/metadata/pushed/tls" {
  capabilities = ["create", "read", "update", "delete"]
}
EOF
vault write auth/approle/role/production-by-approle \
  token_policies=production-by-approle \
  token_ttl=1h
vault write auth/approle/role/production-by-approle/role-id role_id=app-role-id
# Secret production/vault-approle-secret, key secret-id needs what this prints: vault write -f -field=secret_id auth/approle/role/production-by-approle/secret-id

# ClusterSecretStore shared
vault policy write shared - <<'EOF'
# ClusterExternalSecret everywhere
path "secret/data/common/registry" {
  capabilities = ["read"]
}

# ClusterExternalSecret everywhere
path "secret/data/common/tls-*" {
  capabilities = ["read"]
}

# ClusterExternalSecret everywhere
path "secret/metadata/common/*" {
  capabilities = ["list"]
}
EOF
vault write auth/kubernetes/role/shared \
  token_policies=shared \
  token_ttl=1h \
  bound_service_account_names=reader \
  bound_service_account_namespaces=production,staging \
  audience=vault

# VaultDynamicSecret production/orders-db
vault policy write orders - <<'EOF'
# VaultDynamicSecret production/orders-db
path "auth/token/renew-accessor" {
  capabilities = ["update"]
}

# VaultDynamicSecret production/orders-db
path "auth/token/revoke-accessor" {
  capabilities = ["update"]
}

# VaultDynamicSecret production/orders-db
path "database/creds/orders" {
  capabilities = ["read"]
}

# VaultDynamicSecret production/orders-db
path "sys/leases/revoke" {
  capabilities = ["update"]
  allowed_parameters = {
    "lease_id" = ["database/creds/orders/*"]
    "sync" = []
  }
}
EOF
vault write auth/kubernetes/role/orders \
  token_policies=orders \
  token_ttl=1h \
  bound_service_account_names=orders \
  bound_service_account_namespaces=production
