package dev.signet.testkit.cluster;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A request as the API server's authorization sees it. What it has not is empty: a list has no
 * name, {@code /healthz} no resource.
 *
 * @param verb get, list, watch, create, update, patch, delete, deletecollection; for what is no
 *     resource the HTTP method in lower case
 * @param uri path and query as sent
 */
public record ApiRequest(
    String verb,
    String group,
    String resource,
    String subresource,
    String namespace,
    String name,
    String method,
    String uri) {

  static ApiRequest of(String method, String uri) {
    URI parsed = URI.create(uri);
    List<String> path =
        Stream.of(parsed.getPath().split("/")).filter(part -> !part.isEmpty()).toList();
    boolean core = path.size() > 2 && path.getFirst().equals("api");
    boolean grouped = path.size() > 3 && path.getFirst().equals("apis");
    if (!core && !grouped) {
      return new ApiRequest(method.toLowerCase(Locale.ROOT), "", "", "", "", "", method, uri);
    }
    String group = core ? "" : path.get(1);
    List<String> rest = path.subList(core ? 2 : 3, path.size());
    String namespace = "";
    // namespaces/NS is a namespace itself, and so are its subresources status and finalize.
    if (rest.getFirst().equals("namespaces")
        && rest.size() > 2
        && !List.of("status", "finalize").contains(rest.get(2))) {
      namespace = rest.get(1);
      rest = rest.subList(2, rest.size());
    }
    String name = rest.size() > 1 ? rest.get(1) : "";
    String subresource = rest.size() > 2 ? rest.get(2) : "";
    String query = parsed.getQuery() == null ? "" : parsed.getQuery();
    boolean watch =
        Stream.of(query.split("&"))
            .anyMatch(part -> part.equals("watch=true") || part.equals("watch=1"));
    String verb =
        switch (method) {
          case "GET", "HEAD" -> watch ? "watch" : name.isEmpty() ? "list" : "get";
          case "POST" -> "create";
          case "PUT" -> "update";
          case "PATCH" -> "patch";
          case "DELETE" -> name.isEmpty() ? "deletecollection" : "delete";
          default -> method.toLowerCase(Locale.ROOT);
        };
    return new ApiRequest(verb, group, rest.getFirst(), subresource, namespace, name, method, uri);
  }

  /** Whether it has this verb and is for this resource, not for a subresource of it. */
  public boolean is(String verb, String resource) {
    return this.verb.equals(verb) && this.resource.equals(resource) && subresource.isEmpty();
  }
}
