package dev.signet.stores.google;

import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.LowLevelHttpRequest;
import com.google.api.client.http.LowLevelHttpResponse;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Endpoint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sends what the library wants to send with the client that sends all else. */
final class LibraryTransport extends HttpTransport {

  /** What the client says by itself. */
  private static final Set<String> OWN =
      Set.of("accept-encoding", "connection", "content-length", "expect", "host", "upgrade");

  private final Endpoint endpoint;

  LibraryTransport(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  @Override
  public boolean supportsMethod(String method) {
    return Set.of("GET", "POST", "PUT").contains(method);
  }

  @Override
  protected LowLevelHttpRequest buildRequest(String method, String url) {
    return new Request(method, URI.create(url));
  }

  private final class Request extends LowLevelHttpRequest {
    private final String method;
    private final URI uri;
    private final Map<String, String> headers = new TreeMap<>();

    Request(String method, URI uri) {
      this.method = method;
      this.uri = uri;
    }

    @Override
    public void addHeader(String name, String value) {
      if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
        headers.put(name, value);
      }
    }

    @Override
    public LowLevelHttpResponse execute() throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      if (getStreamingContent() != null) {
        getStreamingContent().writeTo(body);
        if (getContentType() != null) {
          headers.put("Content-Type", getContentType());
        }
      }
      byte[] bytes = body.toByteArray();
      try (Endpoint.Answer answer = endpoint.send(method, uri, headers, bytes)) {
        return new Response(answer.code(), answer.headers(), answer.body().clone());
      } catch (StoreException e) {
        throw new IOException(e);
      } finally {
        Arrays.fill(bytes, (byte) 0);
      }
    }
  }

  private static final class Response extends LowLevelHttpResponse {
    private final int code;
    private final List<Map.Entry<String, String>> headers;
    private final byte[] body;

    Response(int code, Map<String, String> headers, byte[] body) {
      this.code = code;
      this.headers = new ArrayList<>(headers.entrySet());
      this.body = body;
    }

    private @Nullable String header(String name) {
      return headers.stream()
          .filter(each -> each.getKey().equalsIgnoreCase(name))
          .map(Map.Entry::getValue)
          .findFirst()
          .orElse(null);
    }

    @Override
    public InputStream getContent() {
      return new ByteArrayInputStream(body);
    }

    @Override
    public @Nullable String getContentEncoding() {
      return null;
    }

    @Override
    public long getContentLength() {
      return body.length;
    }

    @Override
    public @Nullable String getContentType() {
      return header("Content-Type");
    }

    @Override
    public String getStatusLine() {
      return "HTTP/1.1 " + code;
    }

    @Override
    public int getStatusCode() {
      return code;
    }

    @Override
    public String getReasonPhrase() {
      return "";
    }

    @Override
    public int getHeaderCount() {
      return headers.size();
    }

    @Override
    public String getHeaderName(int index) {
      return headers.get(index).getKey();
    }

    @Override
    public String getHeaderValue(int index) {
      return headers.get(index).getValue();
    }
  }
}
