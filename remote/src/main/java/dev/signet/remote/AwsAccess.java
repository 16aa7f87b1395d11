package dev.signet.remote;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.services.sts.model.Credentials;

/**
 * Who asks AWS, and where: as AWS' own programs find it, in variables of the environment and the
 * files of the user.
 *
 * <p>A profile that is named wins over keys in variables; these win over a web identity, and that
 * over the profile that counts by itself, the container's role and the machine's.
 */
final class AwsAccess implements AutoCloseable {

  private static final Duration CALL = Duration.ofSeconds(60);
  private static final int LONGEST_SESSION_NAME = 64;

  private final Machine machine;
  private final ProfileFile profiles;
  private final SdkHttpClient http = UrlConnectionHttpClient.create();

  AwsAccess(Machine machine) {
    this.machine = machine;
    this.profiles = profiles(machine);
  }

  private static ProfileFile profiles(Machine machine) {
    ProfileFile.Aggregator all = ProfileFile.aggregator();
    existing(machine, "AWS_CONFIG_FILE", ".aws/config")
        .ifPresent(
            file ->
                all.addFile(
                    ProfileFile.builder()
                        .content(file)
                        .type(ProfileFile.Type.CONFIGURATION)
                        .build()));
    existing(machine, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials")
        .ifPresent(
            file ->
                all.addFile(
                    ProfileFile.builder()
                        .content(file)
                        .type(ProfileFile.Type.CREDENTIALS)
                        .build()));
    return all.build();
  }

  private static Optional<Path> existing(Machine machine, String variable, String usual) {
    return machine.file(variable).or(() -> machine.inHome(usual)).filter(Files::isReadable);
  }

  private String profile() {
    return machine.variable("AWS_PROFILE").orElse("default");
  }

  /** The region of what says none itself. */
  Optional<Region> region() {
    return machine
        .variable("AWS_REGION")
        .or(() -> machine.variable("AWS_DEFAULT_REGION"))
        .or(() -> profiles.profile(profile()).flatMap(it -> it.property("region")))
        .map(Region::of);
  }

  /**
   * Whoever asks.
   *
   * @param profile empty for none
   */
  AwsCredentialsProvider credentials(String profile, Region region) {
    if (!profile.isEmpty()) {
      return inProfile(profile);
    }
    Optional<String> key = machine.variable("AWS_ACCESS_KEY_ID");
    Optional<String> secret = machine.variable("AWS_SECRET_ACCESS_KEY");
    if (key.isPresent() && secret.isPresent()) {
      Optional<String> session = machine.variable("AWS_SESSION_TOKEN");
      return StaticCredentialsProvider.create(
          session.isPresent()
              ? AwsSessionCredentials.create(key.get(), secret.get(), session.get())
              : AwsBasicCredentials.create(key.get(), secret.get()));
    }
    Optional<Path> token = machine.file("AWS_WEB_IDENTITY_TOKEN_FILE");
    Optional<String> role = machine.variable("AWS_ROLE_ARN");
    if (token.isPresent() && role.isPresent()) {
      return StsWebIdentityTokenFileCredentialsProvider.builder()
          .stsClient(configured(StsClient.builder(), "STS", region, anonymous()).build())
          .roleArn(role.get())
          .roleSessionName(machine.variable("AWS_ROLE_SESSION_NAME").orElse("sops"))
          .webIdentityTokenFile(token.get())
          .build();
    }
    AwsCredentialsProviderChain.Builder chain = AwsCredentialsProviderChain.builder();
    chain.addCredentialsProvider(inProfile(profile()));
    chain.addCredentialsProvider(ContainerCredentialsProvider.create());
    if (machine.variable("AWS_EC2_METADATA_DISABLED").filter("true"::equals).isEmpty()) {
      chain.addCredentialsProvider(
          InstanceProfileCredentialsProvider.builder()
              .profileFile(() -> profiles)
              .profileName(profile())
              .build());
    }
    return chain.build();
  }

  private static AwsCredentialsProvider anonymous() {
    return software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider.create();
  }

  private AwsCredentialsProvider inProfile(String name) {
    return ProfileCredentialsProvider.builder()
        .profileFile(() -> profiles)
        .profileName(name)
        .build();
  }

  /** The same as somebody else, for an hour. */
  AwsCredentialsProvider inRole(String role, Region region, AwsCredentialsProvider who) {
    try (StsClient sts = configured(StsClient.builder(), "STS", region, who).build()) {
      Credentials taken =
          sts.assumeRole(ask -> ask.roleArn(role).roleSessionName(sessionName(hostName())))
              .credentials();
      return StaticCredentialsProvider.create(
          AwsSessionCredentials.create(
              taken.accessKeyId(), taken.secretAccessKey(), taken.sessionToken()));
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "";
    }
  }

  /** As upstream names it, whose pattern leaves no hyphens over. */
  static String sessionName(String host) {
    String name = "sops@" + host.replaceAll("[^a-zA-Z0-9=,.@_]+", "");
    return name.substring(0, Math.min(name.length(), LONGEST_SESSION_NAME));
  }

  /** A client of a service, which is asked where {@code AWS_ENDPOINT_URL…} says. */
  <B extends AwsClientBuilder<B, ?>> B configured(
      B builder, String service, Region region, AwsCredentialsProvider who) {
    builder.region(region).credentialsProvider(who);
    builder.overrideConfiguration(
        settings ->
            settings
                .apiCallTimeout(CALL)
                .defaultProfileFile(profiles)
                .defaultProfileName(profile()));
    endpoint(service).map(URI::create).ifPresent(builder::endpointOverride);
    if (builder
        instanceof software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder<?, ?> it) {
      var _ = it.httpClient(http);
    }
    return builder;
  }

  Optional<String> endpoint(String service) {
    if (machine
        .variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        .filter("true"::equals)
        .isPresent()) {
      return Optional.empty();
    }
    return machine
        .variable("AWS_ENDPOINT_URL_" + service)
        .or(() -> machine.variable("AWS_ENDPOINT_URL"));
  }

  @Override
  public void close() {
    http.close();
  }
}
