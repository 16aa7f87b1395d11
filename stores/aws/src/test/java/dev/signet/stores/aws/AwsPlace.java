package dev.signet.stores.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.JsonText;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.stores.contract.Backend;
import dev.signet.stores.contract.Gate;
import dev.signet.stores.contract.Given;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Moto;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An empty moto behind a gate, and how a store of one service asks it. */
abstract sealed class AwsPlace implements Backend permits SecretsPlace, ParametersPlace {

  private static final Pattern KEY_ID = Pattern.compile("Credential=([A-Z0-9]+)/");

  final Moto moto;
  private final Gate gate;
  private final StoreProvider provider;
  private final String service;

  AwsPlace(Moto moto, String service) throws IOException {
    this.moto = moto;
    this.service = service;
    moto.reset();
    gate = new Gate(URI.create(moto.url()));
    provider = provider(gate.url(), ApiCalls.UNCOUNTED);
  }

  static StoreProvider provider(String url, ApiCalls calls) {
    return stores(url, calls).provider();
  }

  static AwsStores stores(String url, ApiCalls calls) {
    return new AwsStores(
        Map.of(
            Clients.SECRETS_MANAGER,
            url,
            Clients.PARAMETER_STORE,
            url,
            Clients.TOKENS,
            url,
            Clients.REGISTRY,
            url),
        calls,
        System::nanoTime,
        Duration.ofMillis(1));
  }

  @Override
  public Gate gate() {
    return gate;
  }

  @Override
  public SecretStore open() throws MalformedObjectException, StoreException {
    return open(new Given());
  }

  SecretStore open(Given given) throws MalformedObjectException, StoreException {
    return open("secretsManager: {forceDeleteWithoutRecovery: true}", given);
  }

  /** With what else stands in the store's provider. */
  SecretStore open(String more, Given given) throws MalformedObjectException, StoreException {
    return open(provider, more, given);
  }

  /** One whose calls are counted. */
  SecretStore counting(String more, ApiCalls calls)
      throws MalformedObjectException, StoreException {
    return open(provider(gate.url(), calls), more, new Given());
  }

  private SecretStore open(StoreProvider by, String more, Given given)
      throws MalformedObjectException, StoreException {
    return given
        .secret("me", "id", "AKIAIOSFODNN7EXAMPLE")
        .secret("me", "key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        .open(
            by,
            """
            service: %s
            region: eu-central-1
            role: arn:aws:iam::123456789012:role/store
            %s
            auth:
              secretRef:
                accessKeyIDSecretRef: {name: me, key: id}
                secretAccessKeySecretRef: {name: me, key: key}
            """
                .formatted(service, more));
  }

  static String target(Gate.Asked asked) {
    String target = asked.header("x-amz-target");
    return target.substring(target.indexOf('.') + 1);
  }

  @Override
  public boolean forValues(Gate.Asked asked) {
    return !target(asked).isEmpty();
  }

  @Override
  public boolean logsIn(Gate.Asked asked) {
    return asked.body().contains("Action=AssumeRole");
  }

  @Override
  public boolean writes(Gate.Asked asked) {
    return target(asked).matches("(Create|Put|Tag|Untag|Delete|Add|Remove|Replicate).*");
  }

  @Override
  public int many() {
    return 250;
  }

  static Gate.Answer error(String code, String message, Map<String, String> headers) {
    return new Gate.Answer(400, headers, json(Map.of("__type", code, "message", message)));
  }

  @Override
  public Gate.Answer denied() {
    return error(
        "AccessDeniedException",
        "User: arn:aws:sts::1:assumed-role/store/x is not authorized to perform: a:Get on resource:"
            + " r because no identity-based policy allows it",
        Map.of());
  }

  @Override
  public Gate.Answer throttled(int seconds) {
    return error(
        "ThrottlingException", "Rate exceeded", Map.of("Retry-After", String.valueOf(seconds)));
  }

  /** For both protocols: one looks at the header, the other at the body. */
  @Override
  public Optional<Gate.Answer> wrongClock() {
    return Optional.of(
        new Gate.Answer(
            400,
            Map.of("x-amzn-ErrorType", "RequestTimeTooSkewed"),
            """
            <ErrorResponse><Error><Type>Sender</Type><Code>RequestExpired</Code>
            <Message>Request has expired.</Message></Error></ErrorResponse>
            """));
  }

  @Override
  public void expire() {
    String now = keyId(gate.asked().getLast());
    gate.answer(
        asked -> forValues(asked) && keyId(asked).equals(now),
        error("ExpiredTokenException", "The security token is expired", Map.of()));
  }

  static String keyId(Gate.Asked asked) {
    Matcher id = KEY_ID.matcher(asked.header("authorization"));
    return id.find() ? id.group(1) : "";
  }

  static String json(Object tree) {
    try (SecretBytes json = JsonText.of(tree)) {
      return json.with(bytes -> new String(bytes, UTF_8));
    }
  }

  /** Does it as somebody else; empty where it is refused. */
  Optional<Jsonl.Row> ask(String target, Map<String, @Nullable Object> body) throws IOException {
    HttpResponse<String> answer = moto.ask(target, json(body));
    return answer.statusCode() == 200 ? Optional.of(Jsonl.row(answer.body())) : Optional.empty();
  }

  Jsonl.Row call(String target, Map<String, @Nullable Object> body) throws IOException {
    return Jsonl.row(moto.call(target, json(body)));
  }

  static List<Map<String, String>> pairs(Map<String, String> tags) {
    return tags.entrySet().stream()
        .map(each -> Map.of("Key", each.getKey(), "Value", each.getValue()))
        .toList();
  }

  @Override
  public void close() {
    gate.close();
  }
}
