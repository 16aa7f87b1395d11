package dev.signet.stores.https;

import java.io.IOException;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One HTTP client for each TLS identity, shared by all stores that have the same: each owns
 * connections and a thread. Those unused for longest are let go. No client follows redirects, which
 * would take tokens elsewhere.
 */
public final class Clients {

  private static final int MOST = 64;
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final Map<String, HttpClient> clients =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true);

  public synchronized HttpClient of(Trust trust) throws GeneralSecurityException, IOException {
    String fingerprint = trust.fingerprint();
    HttpClient known = clients.get(fingerprint);
    if (known != null) {
      return known;
    }
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .sslContext(trust.context())
            .build();
    clients.put(fingerprint, client);
    if (clients.size() > MOST) {
      // Not closed: requests may be under way. It ends when nobody holds it any more.
      clients.remove(clients.keySet().iterator().next());
    }
    return client;
  }
}
