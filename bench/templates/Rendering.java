import dev.signet.template.Limits;
import dev.signet.template.Options;
import dev.signet.template.Template;
import dev.signet.template.Value;
import dev.signet.template.sprig.Sprig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Renders one template: {@code Rendering template} prints it, {@code Rendering template rounds} says what a
 * rendering takes when warm, in nanoseconds: parsed and executed, and executed only. main.go does the same in Go.
 */
final class Rendering {
  private static int kept;

  public static void main(String[] args) throws Exception {
    String text = Files.readString(Path.of(args[0]));
    Value data = data(Path.of(args[0]).getFileName().toString());
    if (args.length == 1) {
      System.out.write(once(text, data));
      System.out.flush();
      return;
    }
    int rounds = Integer.parseInt(args[1]);
    Template parsed = parse(text);
    long[] whole = new long[7];
    long[] executed = new long[7];
    for (int run = 0; run < whole.length; run++) {
      long started = System.nanoTime();
      for (int i = 0; i < rounds; i++) {
        kept += once(text, data).length;
      }
      whole[run] = (System.nanoTime() - started) / rounds;
      started = System.nanoTime();
      for (int i = 0; i < rounds; i++) {
        kept += parsed.execute(data, Limits.DEFAULT, Template.Sources.system()).length;
      }
      executed[run] = (System.nanoTime() - started) / rounds;
    }
    // The first runs are there to warm up.
    System.out.println(median(whole) + " " + median(executed));
  }

  private static long median(long[] runs) {
    long[] last = Arrays.copyOfRange(runs, runs.length - 3, runs.length);
    Arrays.sort(last);
    return last[1];
  }

  private static Template parse(String text) throws Exception {
    return Template.parse("bench", text, Sprig.functions(), Options.DEFAULT.missingKey(Options.MissingKey.ERROR));
  }

  private static byte[] once(String text, Value data) throws Exception {
    return parse(text).execute(data, Limits.DEFAULT, Template.Sources.system());
  }

  /** What the JSON files hold, made without reading JSON: that is not the engine's part. */
  private static Value data(String name) {
    if (name.startsWith("keys")) {
      Map<String, Value> keys = new HashMap<>();
      for (int i = 0; i < 50; i++) {
        keys.put((i < 10 ? "KEY_0" : "KEY_") + i, Value.of("value-" + i + "-of-this-secret"));
      }
      return Value.map(keys);
    }
    Map<String, Value> database = new HashMap<>();
    database.put("user", Value.of("app"));
    database.put("password", Value.of("p@ss w0rd/1"));
    database.put("host", Value.of("pg"));
    database.put("port", Value.of(5432.0));
    database.put("name", Value.of("pay"));
    database.put("pool", Value.of(4.0));
    Map<String, Value> data = new HashMap<>();
    data.put("name", Value.of("payments"));
    data.put("host", Value.of("db.example.com"));
    data.put("port", Value.of(8443.0));
    data.put("tls", Value.of(true));
    data.put("level", Value.of("debug"));
    data.put("hosts", Value.list(List.of(Value.of("a"), Value.of("b"), Value.of("c"))));
    data.put("labels", Value.map(Map.of("app", Value.of("payments"), "team", Value.of("core"))));
    data.put("features", Value.map(Map.of("fastPath", Value.of(true), "newUi", Value.of(false))));
    data.put("database", Value.map(database));
    return Value.map(data);
  }
}
