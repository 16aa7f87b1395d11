package dev.signet.sops;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.signet.sops.SopsException.Step;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Master keys as they are named in options, variables and configuration: separated by commas. */
public final class KeyNames {

  private final OffsetDateTime now;

  /**
   * Names of keys that are new.
   *
   * @param now when they are
   */
  public KeyNames(OffsetDateTime now) {
    this.now = now;
  }

  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      if (!part.isBlank()) {
        parts.add(part.strip());
      }
    }
    return parts;
  }

  /** Keys of one kind. */
  public List<MasterKey> of(MasterKey.Kind kind, String text) throws SopsException {
    return of(kind, text, Map.of(), "");
  }

  /** The same, with the encryption context and the profile that count for those of AWS. */
  public List<MasterKey> of(
      MasterKey.Kind kind, String text, Map<String, String> context, String profile)
      throws SopsException {
    List<MasterKey> keys = new ArrayList<>();
    for (String part : parts(text)) {
      keys.add(
          switch (kind) {
            case AGE -> age(part);
            case PGP -> new MasterKey.Pgp(part.replace(" ", ""), now, "");
            case KMS -> {
              String arn = part.replace(" ", "");
              int role = arn.indexOf("+arn:");
              yield new MasterKey.Kms(
                  role < 0 ? arn : arn.substring(0, role),
                  role < 0 ? "" : arn.substring(role + 1),
                  context,
                  profile,
                  now,
                  "");
            }
            case GCP_KMS -> new MasterKey.GcpKms(part.replace(" ", ""), now, "");
            case HUAWEI_KMS -> new MasterKey.HuaweiKms(part, now, "");
            case AZURE_KEY_VAULT -> azure(part);
            case HC_VAULT -> vault(part);
          });
    }
    return keys;
  }

  private static MasterKey age(String recipient) throws SopsException {
    try {
      AgeWrapping.recipient(recipient, Optional.empty());
    } catch (KeyWrapping.UnavailableException e) {
      throw new SopsException(Step.CONFIG, e.getMessage());
    }
    return new MasterKey.Age(recipient, "");
  }

  private MasterKey azure(String url) throws SopsException {
    Matcher parts = Pattern.compile("^(https://[^/]+)/keys/([^/]+)(?:/([^/]*))?$").matcher(url);
    if (!parts.find()) {
      throw new SopsException(Step.CONFIG, "could not parse \"" + url + "\" into a valid url");
    }
    String version = parts.group(3);
    return new MasterKey.AzureKeyVault(
        parts.group(1), parts.group(2), version == null ? "" : version, now, "");
  }

  /** {@code https://HOST/v1/ENGINE/keys/KEY}, where an engine may have slashes. */
  private MasterKey vault(String uri) throws SopsException {
    String example = "https://vault.example.com:8200/v1/transit/keys/keyName";
    Matcher address = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*://[^/]*)(/.*)?$").matcher(uri);
    if (!address.find()) {
      throw new SopsException(
          Step.CONFIG,
          "missing scheme in Vault URL (should be like this: +" + example + "), got: " + uri);
    }
    String path = address.group(2) == null ? "" : address.group(2);
    if (Pattern.compile("/[^/]+/v[0-9]+/[^/]+/[^/]+/[^/]+").matcher(path).find()) {
      throw new SopsException(
          Step.CONFIG,
          "running Vault with a prefixed URL is not supported! (Format has to be like "
              + example
              + ")");
    }
    if (!Pattern.compile("/v[0-9]+/[^/]+/[^/]+/[^/]+").matcher(path).find()) {
      throw new SopsException(
          Step.CONFIG, "vault path does not seem to be formatted correctly: (eg. " + example + ")");
    }
    List<String> parts = List.of(path.replaceAll("^/+|/+$", "").split("/"));
    return new MasterKey.HcVault(
        address.group(1),
        String.join("/", parts.subList(1, parts.size() - 2)),
        parts.getLast(),
        now,
        "");
  }
}
