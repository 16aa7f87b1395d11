package dev.signet.stores.aws;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.CallerIdentities;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/**
 * {@code GetCallerIdentity}, signed and not sent, for a host of the region. Upstream's library for
 * Vault makes the same request; where STS is asked for credentials does not change where this one
 * is for.
 */
final class CallerIdentity implements CallerIdentities.Caller {

  private static final String BODY = "Action=GetCallerIdentity&Version=2011-06-15";
  private static final String USUAL_REGION = "us-east-1";

  private final Who who;
  private final Calls calls;

  CallerIdentity(Who who, Calls calls) {
    this.who = who;
    this.calls = calls;
  }

  /** Who somebody is that is configured as External Secrets does for Vault. */
  static Who who(String identity, Fields configuration, References references)
      throws MalformedObjectException, StoreException {
    Map<String, Object> auth = new LinkedHashMap<>();
    for (String method : List.of("secretRef", "jwt")) {
      if (configuration.raw(method) instanceof Map<?, ?> given) {
        auth.put(method, given);
      }
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put(
        "region", configuration.string("region").filter(it -> !it.isEmpty()).orElse(USUAL_REGION));
    if (!auth.isEmpty()) {
      all.put("auth", auth);
    }
    String role = configuration.string("role").orElse("");
    String externalId = configuration.string("externalID").orElse("");
    Fields fields = Fields.of(all, configuration.path());
    Who who =
        Who.of(
            identity,
            fields,
            List.of(),
            role.isEmpty()
                ? Optional.empty()
                : Optional.of(new Who.Role(role, externalId, Map.of(), List.of())),
            references.clusterWide() ? references.user().orElse("") : "",
            references);
    try {
      fields.refuseUnread();
      return who;
    } catch (MalformedObjectException e) {
      who.close();
      throw e;
    }
  }

  @Override
  public String key() {
    return who.key();
  }

  @Override
  public CallerIdentities.Signed sign(Map<String, String> headers) throws StoreException {
    return calls.sign("GetCallerIdentity", "who asks", as -> signed(as, headers));
  }

  private CallerIdentities.Signed signed(AwsCredentials as, Map<String, String> headers) {
    URI url =
        URI.create(
            "https://sts."
                + who.region()
                + "."
                + PartitionMetadata.of(Region.of(who.region())).dnsSuffix()
                + "/");
    ContentStreamProvider body = ContentStreamProvider.fromUtf8String(BODY);
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder()
            .uri(url)
            .method(SdkHttpMethod.POST)
            .putHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .putHeader("Content-Length", Integer.toString(BODY.length()));
    headers.forEach(request::putHeader);
    return new CallerIdentities.Signed(
        url,
        AwsV4HttpSigner.create()
            .sign(
                it ->
                    it.identity(as)
                        .request(request.build())
                        .payload(body)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "sts")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, who.region()))
            .request()
            .headers(),
        BODY);
  }

  @Override
  public void close() {
    who.close();
  }
}
