package dev.signet.kube;

import io.fabric8.kubernetes.client.OAuthTokenProvider;
import org.jspecify.annotations.Nullable;

/** A bearer token that changes while the process runs. */
interface Credentials {

  /** What the kubeconfig holds is all there is. */
  Credentials FIXED =
      new Credentials() {
        @Override
        public @Nullable OAuthTokenProvider provider() {
          return null;
        }

        @Override
        public void refused() {}
      };

  /** Asked before every request, so it must be quick; null where there is no token. */
  @Nullable OAuthTokenProvider provider();

  /** The API server did not accept the token: the next one has to be a new one. */
  void refused();
}
