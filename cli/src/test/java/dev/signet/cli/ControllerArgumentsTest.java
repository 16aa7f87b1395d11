package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.sealing.KeyOrder;
import dev.signet.dialects.sealedsecrets.DeliveryRules;
import dev.signet.dialects.sealedsecrets.KeyRules;
import dev.signet.kube.Rate;
import dev.signet.operator.Beside;
import dev.signet.operator.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line of controller: what was seen of upstream's 0.40.0, and what each flag does. */
class ControllerArgumentsTest {

  @TempDir Path folder;

  private static Shell.Result controller(Shell shell, String... flags) {
    return shell.run("controller", "", flags);
  }

  private static Settings settings(String... flags) throws Exception {
    return settings(Map.of(), flags);
  }

  private static Settings settings(Map<String, String> environment, String... flags)
      throws Exception {
    return new ControllerSettings(ControllerArguments.parse(flags, environment), "home")
        .settings("me", "v1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --bogus                | unknown flag: --bogus
          --key-size x           | invalid argument "x" for "--key-size" flag: strconv.ParseInt: parsing "x": invalid syntax
          --key-ttl 1d           | invalid argument "1d" for "--key-ttl" flag: time: unknown unit "d" in duration "1d"
          --update-status=maybe  | invalid argument "maybe" for "--update-status" flag: strconv.ParseBool: parsing "maybe": invalid syntax
          --kubeclient-qps x     | invalid argument "x" for "--kubeclient-qps" flag: strconv.ParseFloat: parsing "x": invalid syntax
          --kubeclient-qps 1f    | invalid argument "1f" for "--kubeclient-qps" flag: strconv.ParseFloat: parsing "1f": invalid syntax
          --my-cn                | flag needs an argument: --my-cn
          -x                     | unknown shorthand flag: 'x' in -x
          --=x                   | bad flag syntax: --=x
          """)
  void whatIsNotUnderstoodEndsWithUpstreamsWords(String line, String message) throws IOException {
    Shell.Result result = controller(new Shell(folder), line.split(" "));
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("Usage of controller:\n").endsWith("\n" + message + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --version                          | controller version: v  | ''
          --key-size 0x10 --version          | controller version: v  | ''
          extra --version=t                  | controller version: v  | ''
          --rotate-period 1h --version       | controller version: v  | Flag --rotate-period has been deprecated, please use key-renew-period instead
          --help                             | ''                     | Usage of controller:
          -h --bogus                         | ''                     | Usage of controller:
          """)
  void whatOnlyPrintsEndsWell(String line, String out, String err) throws IOException {
    Shell.Result result = controller(new Shell(folder), line.split(" "));
    assertThat(result.code()).isZero();
    assertThat(result.out()).startsWith(out);
    assertThat(result.err()).startsWith(err);
  }

  @Test
  void helpNamesEveryFlagButTheDeprecatedOne() {
    for (ControllerFlag flag : ControllerFlag.values()) {
      assertThat(ControllerFlag.usage().contains("  --" + flag.text() + " "))
          .as(flag.text())
          .isEqualTo(flag != ControllerFlag.ROTATE_PERIOD);
    }
  }

  /** What keeps it from starting, in the shape of a panic of Go. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --log-level=ERROR         | ''        | unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined
          --log-level=ERROR         | 127.0.0.1 | cannot read
          """)
  void whatCannotStartPanics(String flag, String host, String message) throws IOException {
    Shell shell = new Shell(folder).set("KUBECONFIG", "/tmp/not-read");
    if (!host.isEmpty()) {
      shell.set("KUBERNETES_SERVICE_HOST", host).set("KUBERNETES_SERVICE_PORT", "1");
    }
    Shell.Result result = controller(shell, flag);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("panic: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --key-prefix=Upper                | name contains illegal character U
          --key-prefix=a_b                  | name contains illegal character _
          --key-cutoff-time=2026-01-02      | parsing time "2026-01-02"
          --privatekey-labels=a             | --privatekey-labels: "a" is not of the form key=value
          --privatekey-annotations=a=b,c    | --privatekey-annotations: "c" is not of the form key=value
          --listen-addr=8080                | --listen-addr: "8080" is no address
          --listen-metrics-addr=:http       | --listen-metrics-addr: ":http" is no address
          --rate-limit=0                    | the rate limit must be positive
          --key-ttl=0                       | a key has to be valid for some time
          """)
  void valuesThatCannotWorkAreNamed(String flag, String message) {
    assertThatThrownBy(() -> settings(flag))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void withoutFlagsItIsUpstreamsController() throws Exception {
    Settings settings = settings();
    assertThat(settings.area()).isEqualTo(new Settings.Area(List.of(), List.of(), ""));
    assertThat(settings.dialects().externalSecrets()).isFalse();
    assertThat(settings.election()).isEmpty();
    var sealed = settings.dialects().sealedSecrets();
    assertThat(sealed.keys()).isEqualTo(KeyRules.DEFAULT.withNamespace("home"));
    assertThat(sealed.delivery()).isEqualTo(DeliveryRules.UPSTREAM);
    assertThat(sealed.renewal().period()).contains(Duration.ofDays(30));
    assertThat(sealed.renewal().cutoff()).isEmpty();
    assertThat(sealed.renewal().first()).isTrue();
    assertThat(sealed.namesInMetrics()).isTrue();
    assertThat(settings.http().address().getPort()).isEqualTo(8080);
    assertThat(settings.http().metrics().orElseThrow().getPort()).isEqualTo(8081);
    assertThat(settings.http().readTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(settings.looks().quickRetries()).isEqualTo(5);
    assertThat(settings.rate().always()).isFalse();
  }

  @Test
  void everyFlagIsTaken() throws Exception {
    Settings settings =
        settings(
            "--accept-deprecated-v1-data=false",
            "--key-order-priority=SecretCreationTimestamp",
            "--key-cutoff-time=Fri, 02 Jan 2026 03:04:05 +0100",
            "--key-renew-period=0",
            "--key-size=2048",
            "--label-selector=a=b",
            "--listen-addr=127.0.0.1:1",
            "--max-unseal-retries=9",
            "--metrics-omit-secret-labels",
            "--old-gc-behavior",
            "--privatekey-labels=a=b,a=c,,d=e=f",
            "--rate-limit=7",
            "--rate-limit-burst=8",
            "--read-timeout=3s",
            "--write-timeout=4s",
            "--skip-recreate",
            "--update-status=0",
            "--watch-for-secrets=false",
            "--kubeclient-qps=2.5");
    var sealed = settings.dialects().sealedSecrets();
    assertThat(sealed.delivery())
        .isEqualTo(new DeliveryRules(DeliveryRules.Restored.NOTHING, false, false, true));
    assertThat(sealed.keys().order()).isEqualTo(KeyOrder.SECRET_CREATION);
    assertThat(sealed.keys().bits()).isEqualTo(2048);
    assertThat(sealed.keys().labels()).isEqualTo(Map.of("a", "c", "d", "e=f"));
    assertThat(sealed.keys().follow()).isFalse();
    assertThat(sealed.renewal().cutoff()).contains(Instant.parse("2026-01-02T02:04:05Z"));
    assertThat(sealed.renewal().period()).isEmpty();
    assertThat(sealed.namesInMetrics()).isFalse();
    assertThat(sealed.sealing().rate()).isEqualTo(7);
    assertThat(sealed.sealing().burst()).isEqualTo(8);
    assertThat(sealed.sealing().sent().acceptDeprecated()).isFalse();
    assertThat(settings.area().labelSelector()).isEqualTo("a=b");
    assertThat(settings.looks().quickRetries()).isEqualTo(9);
    assertThat(settings.http().address().getHostString()).isEqualTo("127.0.0.1");
    assertThat(settings.http().readTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.http().writeTimeout()).isEqualTo(Duration.ofSeconds(4));
    assertThat(settings.rate()).isEqualTo(Rate.strict(2.5, 10));
  }

  @Test
  void namespacesAreTheOwnOneAndWhatIsAdded() throws Exception {
    assertThat(settings("--all-namespaces=false").area())
        .isEqualTo(new Settings.Area(List.of("home"), List.of(), ""));
    assertThat(settings("--additional-namespaces= b , a,, home,b").area())
        .isEqualTo(new Settings.Area(List.of("home"), List.of("b", "a"), ""));
  }

  @Test
  void theEnvironmentComesFirstAndTheCommandLineWins() throws Exception {
    Map<String, String> environment =
        Map.of(
            "SEALED_SECRETS_KEY_PREFIX", "from-environment",
            "SEALED_SECRETS_KEY_SIZE", "not a number",
            "SEALED_SECRETS_UPDATE_STATUS", "not a switch",
            "SEALED_SECRETS_ROTATE_PERIOD", "2h");
    var sealed = settings(environment).dialects().sealedSecrets();
    assertThat(sealed.keys().prefix()).isEqualTo("from-environment");
    assertThat(sealed.keys().bits()).isZero();
    assertThat(sealed.delivery().writeStatus()).isFalse();
    assertThat(sealed.renewal().period()).contains(Duration.ofHours(2));
    assertThat(settings(environment, "--key-prefix=x").dialects().sealedSecrets().keys().prefix())
        .isEqualTo("x");
  }

  @Test
  void theRateIsTheServersUnlessItIsGiven() throws Exception {
    assertThat(settings("--kubeclient-qps=-1").rate())
        .isEqualTo(Rate.strict(Double.POSITIVE_INFINITY, 10));
    assertThat(settings("--kubeclient-qps=0", "--kubeclient-burst=0").rate())
        .isEqualTo(Rate.strict(5, 10));
    assertThat(settings("--kubeclient-burst=3").rate()).isEqualTo(Rate.strict(5, 3));
  }

  @Test
  void besideAnotherControllerItStandsBackUnlessItIsToldOtherwise() throws Exception {
    Beside usual = settings().beside();
    assertThat(usual.conduct()).isEqualTo(Beside.Conduct.STAND_BACK);
    assertThat(usual.writer())
        .as("what tells it from upstream's, which is called controller")
        .isEqualTo("signet-controller");
    assertThat(usual.quiet()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings("--shadow").beside().conduct()).isEqualTo(Beside.Conduct.SHADOW);
    assertThat(settings("--never-stand-back").beside().conduct())
        .isEqualTo(Beside.Conduct.NEVER_STAND_BACK);
    assertThat(settings(Map.of("SEALED_SECRETS_SHADOW", "true")).beside().conduct())
        .isEqualTo(Beside.Conduct.SHADOW);
    assertThatThrownBy(() -> settings("--shadow", "--never-stand-back"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("leave one out");
  }

  @Test
  void itLogsInTheShapeOfSlog() throws IOException {
    Shell.Result result = controller(new Shell(folder), "--log-format=text");
    assertThat(result.out())
        .matches(
            "time=[-0-9T:.]+Z level=INFO msg=\"Starting sealed-secrets controller\" version=v\\S+\n");
    Shell.Result json = controller(new Shell(folder), "--log-format=json");
    assertThat(json.out())
        .matches(
            "\\{\"time\":\"[^\"]+\",\"level\":\"INFO\",\"msg\":\"Starting sealed-secrets"
                + " controller\",\"version\":\"v[^\"]+\"}\n");
    Shell.Result stderr = controller(new Shell(folder), "--log-info-stdout=false");
    assertThat(stderr.out()).isEmpty();
    assertThat(stderr.err()).startsWith("time=");
  }
}
