variable "app_certificate" {
  type = string
  description = "what stands in Secret production/client, key tls.crt"
}

variable "app_user_password" {
  type = string
  description = "what stands in Secret production/vault-user, key password"
  sensitive = true
}

variable "kubernetes_ca_cert" {
  type = string
  description = "its authority, where Vault is no pod of the cluster"
  default = null
}

variable "kubernetes_host" {
  type = string
  description = "the address of the API server, as Vault reaches it"
}

variable "oidc_discovery_url" {
  type = string
  description = "the issuer of the tokens"
}

variable "token_reviewer_jwt" {
  type = string
  description = "a token that may review tokens, where Vault is no pod of the cluster"
  sensitive = true
  default = null
}

resource "vault_auth_backend" "approle" {
  type = "approle"
  path = "approle"
}

resource "vault_auth_backend" "cert" {
  type = "cert"
  path = "cert"
}

resource "vault_auth_backend" "kubernetes" {
  type = "kubernetes"
  path = "kubernetes"
}

resource "vault_kubernetes_auth_backend_config" "kubernetes" {
  backend = vault_auth_backend.kubernetes.path
  kubernetes_host = var.kubernetes_host
  kubernetes_ca_cert = var.kubernetes_ca_cert
  token_reviewer_jwt = var.token_reviewer_jwt
}

resource "vault_auth_backend" "ldap" {
  type = "ldap"
  path = "ldap"
}

resource "vault_jwt_auth_backend" "oidc" {
  path = "oidc"
  oidc_discovery_url = var.oidc_discovery_url
}

resource "vault_auth_backend" "userpass" {
  type = "userpass"
  path = "userpass"
}

# SecretStore production/vault-store
resource "vault_policy" "checkout_service" {
  name = "checkout-service"
  policy = <<-EOT
    # ExternalSecret production/checkout-db-credentials
    path "database/creds/checkout-readwrite" {
      capabilities = ["read"]
    }

    # ExternalSecret production/checkout-db-credentials
    path "secret/data/database/creds/checkout-readwrite" {
      capabilities = ["read"]
    }
  EOT
}

resource "vault_kubernetes_auth_backend_role" "checkout_service" {
  backend = vault_auth_backend.kubernetes.path
  role_name = "checkout-service"
  token_policies = [vault_policy.checkout_service.name]
  token_ttl = 3600
  bound_service_account_names = ["checkout-service"]
  bound_service_account_namespaces = ["production"]
}

# SecretStore production/by-jwt
resource "vault_policy" "legacy" {
  name = "legacy"
  policy = <<-EOT
    # ExternalSecret production/many
    path "legacy/old/app" {
      capabilities = ["read"]
    }
  EOT
}

resource "vault_jwt_auth_backend_role" "legacy" {
  backend = vault_jwt_auth_backend.oidc.path
  role_name = "legacy"
  token_policies = [vault_policy.legacy.name]
  token_ttl = 3600
  role_type = "jwt"
  user_claim = "sub"
  bound_audiences = ["vault"]
  bound_subject = "system:serviceaccount:production:reader"
}

# SecretStore production/by-password
resource "vault_policy" "app_user" {
  name = "app-user"
  policy = <<-EOT
    # ExternalSecret production/many
    path "secret/data/user/app" {
      capabilities = ["read"]
    }
  EOT
}

resource "vault_generic_endpoint" "app_user" {
  path = "auth/${vault_auth_backend.userpass.path}/users/App User"
  ignore_absent_fields = true
  data_json = jsonencode({ token_policies = [vault_policy.app_user.name], token_ttl = 3600, password = var.app_user_password })
}

# SecretStore production/by-directory
resource "vault_policy" "reader" {
  name = "reader"
  policy = <<-EOT
    # ExternalSecret production/many
    path "secret/metadata/directory/app" {
      capabilities = ["read"]
    }
  EOT
}

resource "vault_ldap_auth_backend_user" "reader" {
  backend = vault_auth_backend.ldap.path
  username = "reader"
  policies = [vault_policy.reader.name]
}

# SecretStore production/by-certificate
resource "vault_policy" "app" {
  name = "app"
  policy = <<-EOT
    # ExternalSecret production/many
    path "secret/data/certificate/app" {
      capabilities = ["read"]
    }
  EOT
}

resource "vault_cert_auth_backend_role" "app" {
  backend = vault_auth_backend.cert.path
  name = "app"
  token_policies = [vault_policy.app.name]
  token_ttl = 3600
  certificate = var.app_certificate
}

# SecretStore production/by-token
# Secret production/vault-token, key token needs a token with this policy: vault token create -orphan -policy=production-by-token
resource "vault_policy" "production_by_token" {
  name = "production-by-token"
  policy = <<-EOT
    # ExternalSecret production/many
    path "secret/data/token/app" {
      capabilities = ["read"]
    }
  EOT
}

# SecretStore production/by-approle
# Secret production/vault-approle-secret, key secret-id needs what this prints: vault write -f -field=secret_id auth/approle/role/production-by-approle/secret-id
resource "vault_policy" "production_by_approle" {
  name = "production-by-approle"
  policy = <<-EOT
    # PushSecret production/certificates
    path "secret/data/pushed/tls" {
      capabilities = ["read", "update", "delete"]
    }

    # PushSecret production/certificates
    path "secret/metadata/pushed/tls" {
      capabilities = ["create", "read", "update", "delete"]
    }
  EOT
}

resource "vault_approle_auth_backend_role" "production_by_approle" {
  backend = vault_auth_backend.approle.path
  role_name = "production-by-approle"
  token_policies = [vault_policy.production_by_approle.name]
  token_ttl = 3600
  role_id = "app-role-id"
}

# ClusterSecretStore shared
resource "vault_policy" "shared" {
  name = "shared"
  policy = <<-EOT
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
  EOT
}

resource "vault_kubernetes_auth_backend_role" "shared" {
  backend = vault_auth_backend.kubernetes.path
  role_name = "shared"
  token_policies = [vault_policy.shared.name]
  token_ttl = 3600
  bound_service_account_names = ["reader"]
  bound_service_account_namespaces = ["production", "staging"]
  audience = "vault"
}

# VaultDynamicSecret production/orders-db
resource "vault_policy" "orders" {
  name = "orders"
  policy = <<-EOT
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
  EOT
}

resource "vault_kubernetes_auth_backend_role" "orders" {
  backend = vault_auth_backend.kubernetes.path
  role_name = "orders"
  token_policies = [vault_policy.orders.name]
  token_ttl = 3600
  bound_service_account_names = ["orders"]
  bound_service_account_namespaces = ["production"]
}
