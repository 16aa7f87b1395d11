package dev.signet.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiRequestTest {

  /** Verb, group, resource, subresource, namespace and name, a dash for what is empty. */
  @ParameterizedTest
  @CsvSource({
    "GET,    /api/v1/secrets,                                   list secrets - -",
    "GET,    /api/v1/secrets?watch=true&resourceVersion=7,      watch secrets - -",
    "GET,    /api/v1/namespaces/a/secrets?watch=1,              watch secrets a -",
    "GET,    /api/v1/namespaces/a/secrets/s?x=watch,            get secrets a s",
    "POST,   /api/v1/namespaces/a/secrets,                      create secrets a -",
    "PUT,    /api/v1/namespaces/a/secrets/s,                    update secrets a s",
    "PATCH,  /api/v1/namespaces/a/secrets/s,                    patch secrets a s",
    "DELETE, /api/v1/namespaces/a/secrets/s,                    delete secrets a s",
    "DELETE, /api/v1/namespaces/a/secrets,                      deletecollection secrets a -",
    "GET,    /api/v1/namespaces,                                list namespaces - -",
    "GET,    /api/v1/namespaces/a,                              get namespaces - a",
    "PUT,    /api/v1/namespaces/a/finalize,                     update namespaces/finalize - a",
    "PUT,    /apis/bitnami.com/v1alpha1/namespaces/a/sealedsecrets/s/status, update bitnami.com:sealedsecrets/status a s",
    "GET,    /apis/apps/v1/deployments,                         list apps:deployments - -",
    "GET,    /apis/apps/v1,                                     get - - -",
    "GET,    /readyz?verbose,                                   get - - -",
  })
  void aRequestIsForWhatAuthorizationTakesItFor(String method, String uri, String expected) {
    ApiRequest request = ApiRequest.of(method, uri);
    String group = request.group().isEmpty() ? "" : request.group() + ":";
    String sub = request.subresource().isEmpty() ? "" : "/" + request.subresource();

    assertThat(
            "%s %s %s %s"
                .formatted(
                    request.verb(),
                    dash(group + request.resource() + sub),
                    dash(request.namespace()),
                    dash(request.name())))
        .isEqualTo(expected);
  }

  private static String dash(String text) {
    return text.isEmpty() ? "-" : text;
  }
}
