package dev.signet.cli;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.dialects.sealedsecrets.SealedSecret;
import dev.signet.kube.Connection;
import dev.signet.kube.Overrides;
import dev.signet.kube.Services;
import dev.signet.yaml.Document;
import dev.signet.yaml.DocumentReader;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.GoJson;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The controller, reached as kubeseal reaches it: through the API server's service proxy, at the
 * first port of its Service, with the kubeconfig's rights. Messages are upstream's; where a
 * connection fails, the end of the message is ours.
 */
final class KubesealController implements AutoCloseable {

  private static final String ACCEPT_CERTIFICATE = "application/x-pem-file, */*";
  private static final String ACCEPT = "application/json, */*";

  private final Services services;
  private final String namespace;
  private final String proxied;

  private KubesealController(Services services, String namespace, String proxied) {
    this.services = services;
    this.namespace = namespace;
    this.proxied = proxied;
  }

  /** Connects and looks up the port. */
  static KubesealController find(Surroundings surroundings, KubesealArguments arguments)
      throws CommandFailure {
    KubesealKubeconfig.read(surroundings, arguments).check();
    Optional<Duration> timeout = KubesealText.timeout(arguments.text(KubesealFlag.REQUEST_TIMEOUT));
    String namespace = arguments.text(KubesealFlag.CONTROLLER_NAMESPACE);
    String name = arguments.text(KubesealFlag.CONTROLLER_NAME);
    Services services;
    try {
      services =
          new Services(
              Connection.find(
                  surroundings.environment(),
                  Path.of(surroundings.variable("HOME").orElse("/")),
                  given(arguments, KubesealFlag.KUBECONFIG).map(surroundings::path),
                  overrides(arguments),
                  surroundings.clock()),
              "kubeseal/" + Version.text(),
              timeout);
    } catch (ObjectsException e) {
      throw CommandFailure.because(e);
    }
    try {
      Services.Answer service = services.get(namespace, name);
      if (service.code() != 200) {
        throw noService(
            KubesealStatus.text("get services " + name, service.code(), service.body(), false));
      }
      Optional<String> port = Services.firstPort(service);
      if (port.isEmpty()) {
        throw noService("services " + KubesealText.quoted(name) + " has no ports");
      }
      return new KubesealController(services, namespace, "http:" + name + ":" + port.get());
    } catch (ObjectsException e) {
      services.close();
      throw noService(
          "Get " + KubesealText.quoted(services.url(namespace, name)) + ": " + e.getMessage());
    } catch (CommandFailure e) {
      services.close();
      throw e;
    }
  }

  private static CommandFailure noService(String why) {
    return CommandFailure.of(
        "cannot get sealed secret service: "
            + why
            + ".\nPlease, use the flag --controller-name and --controller-namespace to set up the"
            + " name and namespace of the sealed secrets controller");
  }

  private static Overrides overrides(KubesealArguments arguments) {
    return new Overrides(
        given(arguments, KubesealFlag.CONTEXT),
        given(arguments, KubesealFlag.CLUSTER),
        given(arguments, KubesealFlag.USER),
        given(arguments, KubesealFlag.SERVER),
        given(arguments, KubesealFlag.TLS_SERVER_NAME),
        given(arguments, KubesealFlag.CERTIFICATE_AUTHORITY),
        arguments.is(KubesealFlag.INSECURE_SKIP_TLS_VERIFY),
        given(arguments, KubesealFlag.PROXY_URL),
        given(arguments, KubesealFlag.TOKEN),
        given(arguments, KubesealFlag.USERNAME),
        given(arguments, KubesealFlag.PASSWORD),
        given(arguments, KubesealFlag.CLIENT_CERTIFICATE),
        given(arguments, KubesealFlag.CLIENT_KEY),
        given(arguments, KubesealFlag.AS),
        given(arguments, KubesealFlag.AS_UID),
        arguments.list(KubesealFlag.AS_GROUP));
  }

  private static Optional<String> given(KubesealArguments arguments, KubesealFlag flag) {
    return Optional.of(arguments.text(flag)).filter(text -> !text.isEmpty());
  }

  /** The newest certificate, as it is served. */
  byte[] certificate() throws CommandFailure {
    try {
      Services.Answer answer =
          services.ask(namespace, proxied, "/v1/cert.pem", ACCEPT_CERTIFICATE, Optional.empty());
      if (isSuccess(answer)) {
        return answer.body();
      }
      throw CommandFailure.of("cannot fetch certificate: " + refused("get", answer));
    } catch (ObjectsException e) {
      throw CommandFailure.of("cannot fetch certificate: " + e.getMessage());
    }
  }

  /** Ends with an error at the first SealedSecret that the controller cannot open. */
  void validate(byte[] input, String source) throws CommandFailure {
    Input documents = new Input(input, source);
    for (Optional<Sent> next = documents.next(); next.isPresent(); next = documents.next()) {
      try {
        Services.Answer answer =
            services.ask(namespace, proxied, "/v1/verify", ACCEPT, Optional.of(next.get().body()));
        if (answer.code() == 409) {
          throw CommandFailure.of("unable to decrypt sealed secret: " + next.get().name());
        }
        if (!isSuccess(answer)) {
          throw CommandFailure.of("cannot validate sealed secret: " + refused("post", answer));
        }
      } catch (ObjectsException e) {
        throw CommandFailure.of("cannot validate sealed secret: " + e.getMessage());
      }
    }
  }

  /** Writes each SealedSecret as the controller sealed it again. */
  void reEncrypt(byte[] input, String source, ManifestFormat format, OutputStream out)
      throws CommandFailure, IOException {
    Input documents = new Input(input, source);
    for (Optional<Sent> next = documents.next(); next.isPresent(); next = documents.next()) {
      try {
        Services.Answer answer =
            services.ask(namespace, proxied, "/v1/rotate", ACCEPT, Optional.of(next.get().body()));
        if (answer.code() == 409) {
          throw CommandFailure.of("unable to rotate secret");
        }
        if (!isSuccess(answer)) {
          throw CommandFailure.of("cannot re-encrypt secret: " + refused("post", answer));
        }
        out.write(format.document(anew(answer.body()).write()).getBytes(StandardCharsets.UTF_8));
      } catch (ObjectsException e) {
        throw CommandFailure.of("cannot re-encrypt secret: " + e.getMessage());
      }
    }
  }

  private static SealedSecret anew(byte[] reply) throws CommandFailure {
    try {
      List<Document> documents =
          Documents.read(
              reply, "the controller's reply", ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
      if (documents.size() == 1) {
        SealedSecret sealed = SealedSecret.read(documents.getFirst().tree());
        return new SealedSecret(
            sealed
                .metadata()
                .with("creationTimestamp", null)
                .with("deletionTimestamp", null)
                .with("generation", null),
            sealed.encryptedData(),
            sealed.template(),
            sealed.deprecatedData());
      }
    } catch (MalformedDocumentException | MalformedObjectException e) {
      throw CommandFailure.because(e);
    }
    throw CommandFailure.of("the controller's reply is not one SealedSecret");
  }

  private String refused(String verb, Services.Answer answer) {
    return KubesealStatus.text(
        verb + " services " + proxied, answer.code(), answer.body(), /* quotable= */ true);
  }

  private static boolean isSuccess(Services.Answer answer) {
    return answer.code() >= 200 && answer.code() < 300;
  }

  /** What is sent of one document. */
  @SuppressWarnings("ArrayRecordComponent") // it is handed from one method to the next
  private record Sent(String name, byte[] body) {}

  /** SealedSecrets one after the other; none at all is an error, where upstream is content. */
  private static final class Input {
    private final DocumentReader reader;
    private final String source;
    private boolean any;

    Input(byte[] input, String source) {
      this.source = source;
      this.reader = Documents.reader(input, source, ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
    }

    Optional<Sent> next() throws CommandFailure {
      try {
        Optional<Document> next =
            SealDocuments.next(reader, "kind", "apiVersion", "metadata", "spec");
        if (next.isEmpty() && !any) {
          throw CommandFailure.of(
              "no sealed secrets found. Ensure the input is valid and UTF-8 encoded");
        }
        any = true;
        return next.isEmpty() ? Optional.empty() : Optional.of(sent(next.get()));
      } catch (MalformedDocumentException e) {
        throw CommandFailure.because(e);
      }
    }

    /** As upstream sends it: typed, but with the kind that the document says. */
    private Sent sent(Document document) throws CommandFailure {
      SealDocuments.numbersToText(document.tree());
      try {
        SealedSecret sealed = SealedSecret.read(document.tree());
        Map<String, @Nullable Object> tree = new LinkedHashMap<>(sealed.write());
        for (String field : List.of("kind", "apiVersion")) {
          if (document.tree().get(field) instanceof String said && !said.isEmpty()) {
            tree.put(field, said);
          }
        }
        return new Sent(
            sealed.metadata().name(),
            GoJson.write(tree, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN)
                .getBytes(StandardCharsets.UTF_8));
      } catch (MalformedObjectException e) {
        throw CommandFailure.of(source + ":" + document.line() + ": " + e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    services.close();
  }
}
