import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a run of a program took, in seconds: user and system time of all it started, and by the clock. */
record Cost(double cpu, double wall) {

  /** The shell's `times` prints what its children used in the second line. */
  private static final String TIMED = "\"$@\" </dev/null >/dev/null || exit; times";

  static Cost of(List<String> program) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", TIMED, "sh"));
    command.addAll(program);
    long started = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String[] lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip().split("\n");
    double wall = (System.nanoTime() - started) / 1e9;
    if (process.waitFor() != 0) {
      throw new IOException("failed: " + program);
    }
    double cpu = 0;
    for (String part : lines[lines.length - 1].strip().split(" +")) {
      String[] minutes = part.replace("s", "").split("m");
      cpu += new BigDecimal(minutes[0]).doubleValue() * 60 + new BigDecimal(minutes[1]).doubleValue();
    }
    return new Cost(cpu, wall);
  }

  static Cost median(List<Cost> costs) {
    return new Cost(middle(costs.stream().map(Cost::cpu).toList()), middle(costs.stream().map(Cost::wall).toList()));
  }

  static double middle(List<Double> numbers) {
    return numbers.stream().sorted().toList().get(numbers.size() / 2);
  }
}
