package dev.signet.cli;

import dev.signet.delivery.object.Ref;
import dev.signet.operator.admission.WebhookSettings;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The validating webhook of the operator. */
final class WebhookOptions {

  /** Who makes the certificate. */
  enum Certificate {
    made,
    given
  }

  @Option(
      names = "--webhook",
      paramLabel = "[ADDRESS]:PORT",
      description = "Where admission of External Secrets' kinds is answered; default: nowhere.")
  Optional<String> address = Optional.empty();

  @Option(
      names = "--webhook-service",
      paramLabel = "NAMESPACE/NAME",
      description = "The Service by which the API server calls it; needed with --webhook.")
  Optional<String> service = Optional.empty();

  @Option(
      names = "--webhook-secret",
      paramLabel = "NAME",
      defaultValue = "signet-webhook",
      description = {
        "The Secret with its certificate, in the namespace of the Service; default",
        "${DEFAULT-VALUE}."
      })
  String secret = "";

  @Option(
      names = "--webhook-configurations",
      paramLabel = "NAME,...",
      split = ",",
      hideParamSyntax = true,
      description = "The ValidatingWebhookConfigurations that call it.")
  List<String> configurations = List.of();

  @Option(
      names = "--webhook-certificate",
      paramLabel = "HOW",
      defaultValue = "made",
      description = {
        "made: the operator makes and renews it and tells the configurations; given: somebody",
        "else does, such as cert-manager; default ${DEFAULT-VALUE}."
      })
  Certificate certificate = Certificate.made;

  Optional<WebhookSettings> settings() throws CommandFailure {
    if (address.isEmpty()) {
      return Optional.empty();
    }
    String[] names = service.orElse("").split("/", -1);
    if (names.length != 2 || names[0].isEmpty() || names[1].isEmpty()) {
      throw CommandFailure.usage(
          "--webhook needs the Service by which it is called",
          "add --webhook-service NAMESPACE/NAME");
    }
    String inCluster = names[1] + "." + names[0];
    return Optional.of(
        new WebhookSettings(
            OperatorCommand.address("--webhook", address.get()),
            Ref.secret(names[0], secret),
            List.of(names[1], inCluster, inCluster + ".svc"),
            configurations,
            certificate == Certificate.made,
            WebhookSettings.USUAL_LOOK));
  }
}
