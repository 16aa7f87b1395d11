package dev.signet.template.sprig;

import dev.signet.template.Foreign;
import dev.signet.template.GoType;
import dev.signet.template.Str;
import java.util.List;

/** A certificate and its private key, both in PEM: the fields Cert and Key. */
record Certificate(String certificate, String key) implements Foreign {
  static final GoType TYPE = GoType.basic(GoType.Kind.STRUCT, "sprig.certificate");

  @Override
  public GoType type() {
    return TYPE;
  }

  @Override
  public List<Field> fields() {
    return List.of(new Field("Cert", new Str(certificate)), new Field("Key", new Str(key)));
  }

  /** Does not show the key. */
  @Override
  public String toString() {
    return "Certificate";
  }
}
