package dev.signet.template.sprig;

import static dev.signet.template.GoType.STRING;
import static dev.signet.template.GoType.UINT32;
import static dev.signet.template.sprig.Args.integer;
import static dev.signet.template.sprig.Args.string;

import dev.signet.template.Call;
import dev.signet.template.Functions;
import dev.signet.template.GoError;
import dev.signet.template.GoType;
import dev.signet.template.Str;
import dev.signet.template.Value;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.SCrypt;

/**
 * Passwords: bcrypt, htpasswd lines, the Master Password algorithm ({@code derivePassword}) and
 * AES-256 in CBC mode under a password that is padded with zeros to be the key.
 */
final class Passwords {
  static final Functions FUNCTIONS = Registry.build(Passwords::register);

  private static final String SEED = "com.lyndir.masterpassword";
  private static final int SCRYPT_STEPS = 400_000;
  private static final int AES_BLOCK = 16;

  /** Kinds of characters that each letter of a password's pattern stands for. */
  private static final Map<Character, String> CHARACTERS =
      Map.of(
          'V', "AEIOU",
          'C', "BCDFGHJKLMNPQRSTVWXYZ",
          'v', "aeiou",
          'c', "bcdfghjklmnpqrstvwxyz",
          'A', "AEIOUBCDFGHJKLMNPQRSTVWXYZ",
          'a', "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
          'n', "0123456789",
          'o', "@&%?,=[]_:-+*$#!'^~;()/.",
          'x', "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()");

  private static final Map<String, List<String>> PATTERNS =
      Map.of(
          "maximum", List.of("anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"),
          "long",
              List.of(
                  "CvcvnoCvcvCvcv",
                  "CvcvCvcvnoCvcv",
                  "CvcvCvcvCvcvno",
                  "CvccnoCvcvCvcv",
                  "CvccCvcvnoCvcv",
                  "CvccCvcvCvcvno",
                  "CvcvnoCvccCvcv",
                  "CvcvCvccnoCvcv",
                  "CvcvCvccCvcvno",
                  "CvcvnoCvcvCvcc",
                  "CvcvCvcvnoCvcc",
                  "CvcvCvcvCvccno",
                  "CvccnoCvccCvcv",
                  "CvccCvccnoCvcv",
                  "CvccCvccCvcvno",
                  "CvcvnoCvccCvcc",
                  "CvcvCvccnoCvcc",
                  "CvcvCvccCvccno",
                  "CvccnoCvcvCvcc",
                  "CvccCvcvnoCvcc",
                  "CvccCvcvCvccno"),
          "medium", List.of("CvcnoCvc", "CvcCvcno"),
          "short", List.of("Cvcn"),
          "basic", List.of("aaanaaan", "aannaaan", "aaannaaa"),
          "pin", List.of("nnnn"));

  private Passwords() {}

  private static void register(Registry r) {
    r.add("bcrypt", STRING, (c, a) -> string(bcrypt(c, a[0])), STRING);
    r.add("htpasswd", STRING, Passwords::htpasswd, STRING, STRING);
    r.add("derivePassword", STRING, Passwords::derive, UINT32, STRING, STRING, STRING, STRING);
    r.add("encryptAES", STRING, Passwords::encrypt, STRING, STRING);
    r.add("decryptAES", STRING, Passwords::decrypt, STRING, STRING);
    r.add("randBytes", STRING, Passwords::randomBytes, GoType.INT);
  }

  private static String bcrypt(Call call, Value password) {
    try {
      return Bcrypt.hash(call, ((Str) password).bytes(), Bcrypt.DEFAULT_COST);
    } catch (GoError e) {
      return "failed to encrypt string with bcrypt: " + e.raw();
    }
  }

  private static Value htpasswd(Call call, Value[] arguments) {
    String user = string(arguments[0]);
    return string(
        user.contains(":") ? "invalid username: " + user : user + ":" + bcrypt(call, arguments[1]));
  }

  private static Value derive(Call call, Value[] arguments) {
    int counter = (int) integer(arguments[0]);
    List<String> patterns = PATTERNS.get(string(arguments[1]));
    if (patterns == null) {
      return string("cannot find password template " + string(arguments[1]));
    }
    byte[] password = ((Str) arguments[2]).bytes();
    byte[] user = ((Str) arguments[3]).bytes();
    byte[] site = ((Str) arguments[4]).bytes();
    call.meter().steps(SCRYPT_STEPS);
    byte[] key = SCrypt.generate(password, salted(user, 0).array(), 32768, 8, 2, 64);
    call.meter().time();
    byte[] seed = hmac(key, salted(site, 4).putInt(counter).array());
    String pattern = patterns.get((seed[0] & 0xFF) % patterns.size());
    StringBuilder derived = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      String characters = CHARACTERS.getOrDefault(pattern.charAt(i), "");
      derived.append(characters.charAt((seed[i + 1] & 0xFF) % characters.length()));
    }
    return string(derived.toString());
  }

  private static ByteBuffer salted(byte[] text, int more) {
    return ByteBuffer.allocate(SEED.length() + 4 + text.length + more)
        .put(SEED.getBytes(StandardCharsets.US_ASCII))
        .putInt(text.length)
        .put(text);
  }

  private static byte[] hmac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static byte[] cbc(int mode, Value password, byte[] iv, byte[] data, String padding) {
    byte[] key = Arrays.copyOf(((Str) password).bytes(), 32);
    try {
      Cipher cipher = Cipher.getInstance("AES/CBC/" + padding);
      cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
      return cipher.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the data are whole blocks", e);
    }
  }

  private static Value encrypt(Call call, Value[] arguments) {
    byte[] plain = ((Str) arguments[1]).bytes();
    if (plain.length == 0) {
      return string("");
    }
    call.meter().memory(plain.length * 4L);
    byte[] iv = new byte[AES_BLOCK];
    call.random().nextBytes(iv);
    byte[] encrypted = cbc(Cipher.ENCRYPT_MODE, arguments[0], iv, plain, "PKCS5Padding");
    byte[] all = Arrays.copyOf(iv, iv.length + encrypted.length);
    System.arraycopy(encrypted, 0, all, iv.length, encrypted.length);
    return string(Base64.getEncoder().encodeToString(all));
  }

  private static Value decrypt(Call call, Value[] arguments) throws GoError {
    String base64 = string(arguments[1]);
    if (base64.isEmpty()) {
      return string("");
    }
    call.meter().memory(base64.length() * 3L);
    byte[] all = new Str(BaseEncoding.BASE64.decode(base64)).bytes();
    if (all.length < AES_BLOCK) {
      int capacity = base64.length() / 4 * 3;
      if (capacity < AES_BLOCK) {
        throw outOfRange("slice bounds out of range [:16] with capacity " + capacity);
      }
      throw outOfRange("slice bounds out of range [16:" + all.length + "]");
    }
    byte[] iv = Arrays.copyOf(all, AES_BLOCK);
    byte[] encrypted = Arrays.copyOfRange(all, AES_BLOCK, all.length);
    if (encrypted.length % AES_BLOCK != 0) {
      throw new GoError("crypto/cipher: input not full blocks");
    }
    if (encrypted.length == 0) {
      throw outOfRange("index out of range [-1]");
    }
    byte[] plain = cbc(Cipher.DECRYPT_MODE, arguments[0], iv, encrypted, "NoPadding");
    int length = plain.length - (plain[plain.length - 1] & 0xFF);
    if (length < 0) {
      throw outOfRange("slice bounds out of range [:" + length + "]");
    }
    return Str.of(Arrays.copyOf(plain, length));
  }

  private static GoError outOfRange(String what) {
    return new GoError("runtime error: " + what);
  }

  private static Value randomBytes(Call call, Value[] arguments) throws GoError {
    long count = integer(arguments[0]);
    if (count < 0 || count > (1L << 47)) {
      throw outOfRange("makeslice: len out of range");
    }
    call.meter().memory(count * 3);
    byte[] bytes = new byte[(int) count];
    call.random().nextBytes(bytes);
    return string(Base64.getEncoder().encodeToString(bytes));
  }
}
