package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.Call;
import dev.signet.template.Function;
import dev.signet.template.GoError;
import dev.signet.template.Meter;
import dev.signet.template.Str;
import dev.signet.template.Value;
import dev.signet.template.sprig.Sprig;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;

/** Sprig's functions that salt, with salts that depend on their arguments. */
final class Passwords {
  private final Salts salts;

  Passwords(Salts salts) {
    this.salts = salts;
  }

  /** Sprig's function of that name, whose random source is derived from its arguments. */
  Function.Body derived(String name) {
    Function function = Sprig.functions().find(name);
    if (function == null) {
      throw new IllegalStateException("sprig has no " + name);
    }
    return (call, arguments) ->
        function.body().call(new Derived(call, random(call, name, arguments)), arguments);
  }

  /** A line of a password file: SHA-1 where that is asked for, else bcrypt. */
  Value htpasswd(Call call, Value[] arguments) throws GoError {
    if (!ExternalSecretFunctions.raw(arguments[2]).equals("sha")) {
      Value[] two = {arguments[0], arguments[1]};
      return derived("htpasswd").call(call, two);
    }
    String user = ExternalSecretFunctions.raw(arguments[0]);
    if (user.contains(":")) {
      return new Str("invalid username: " + user);
    }
    byte[] password = ExternalSecretFunctions.bytes(arguments[1]);
    call.meter().steps(password.length / 64);
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(password);
      return new Str(user + ":{SHA}" + Base64.getEncoder().encodeToString(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  private RandomGenerator random(Call call, String name, Value[] arguments) {
    List<byte[]> inputs = new ArrayList<>();
    for (Value argument : arguments) {
      byte[] bytes = ExternalSecretFunctions.bytes(argument);
      call.meter().memory(bytes.length);
      call.meter().steps(bytes.length / 64);
      inputs.add(bytes);
    }
    return salts.random(name, inputs);
  }

  /** A call with another source of randomness. */
  private record Derived(Call call, RandomGenerator random) implements Call {
    @Override
    public Meter meter() {
      return call.meter();
    }

    @Override
    public InstantSource clock() {
      return call.clock();
    }

    @Override
    public ZoneId zone() {
      return call.zone();
    }
  }
}
