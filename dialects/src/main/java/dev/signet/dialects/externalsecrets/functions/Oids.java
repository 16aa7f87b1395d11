package dev.signet.dialects.externalsecrets.functions;

/** Object identifiers, by the names of the documents that define them. */
final class Oids {
  // RFC 8017, RFC 5480, RFC 8410: keys.
  static final String RSA = "1.2.840.113549.1.1.1";
  static final String EC = "1.2.840.10045.2.1";
  static final String ED25519 = "1.3.101.112";
  static final String X25519 = "1.3.101.110";

  // RFC 5280: extensions.
  static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
  static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
  static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
  static final String ANY_EXTENDED_KEY_USAGE = "2.5.29.37.0";

  // RFC 7292: PKCS#12, and RFC 2315, RFC 2985 for what it holds.
  static final String DATA = "1.2.840.113549.1.7.1";
  static final String ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
  static final String FRIENDLY_NAME = "1.2.840.113549.1.9.20";
  static final String LOCAL_KEY_ID = "1.2.840.113549.1.9.21";
  static final String X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
  static final String KEY_BAG = "1.2.840.113549.1.12.10.1.1";
  static final String SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
  static final String CERTIFICATE_BAG = "1.2.840.113549.1.12.10.1.3";
  static final String PBE_TRIPLE_DES = "1.2.840.113549.1.12.1.3";
  static final String PBE_RC2_128 = "1.2.840.113549.1.12.1.5";
  static final String PBE_RC2_40 = "1.2.840.113549.1.12.1.6";

  /** Marks a certificate as trusted for the JDK; its value says for what. */
  static final String JAVA_TRUST_STORE = "2.16.840.1.113894.746875.1.1";

  // RFC 8018: PKCS#5.
  static final String PBKDF2 = "1.2.840.113549.1.5.12";
  static final String PBES2 = "1.2.840.113549.1.5.13";
  static final String PBMAC1 = "1.2.840.113549.1.5.14";
  static final String HMAC_SHA1 = "1.2.840.113549.2.7";
  static final String HMAC_SHA256 = "1.2.840.113549.2.9";
  static final String HMAC_SHA512 = "1.2.840.113549.2.11";
  static final String SHA1 = "1.3.14.3.2.26";
  static final String SHA256 = "2.16.840.1.101.3.4.2.1";
  static final String SHA512 = "2.16.840.1.101.3.4.2.3";
  static final String AES128_CBC = "2.16.840.1.101.3.4.1.2";
  static final String AES192_CBC = "2.16.840.1.101.3.4.1.22";
  static final String AES256_CBC = "2.16.840.1.101.3.4.1.42";

  private Oids() {}
}
