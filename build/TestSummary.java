import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Adds up Surefire's reports (MODULE/target/surefire-reports/TEST-*.xml) of the repository that is its argument.
 * Names every test that was skipped and why. Fails when one failed or was skipped, or when there is none at all.
 */
void main(String[] args) throws Exception {
  int tests = 0;
  int failures = 0;
  int errors = 0;
  List<String> skips = new ArrayList<>();
  for (Path report : reports(Path.of(args[0]))) {
    Element suite = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile()).getDocumentElement();
    tests += Integer.parseInt(suite.getAttribute("tests"));
    failures += Integer.parseInt(suite.getAttribute("failures"));
    errors += Integer.parseInt(suite.getAttribute("errors"));
    NodeList skipped = suite.getElementsByTagName("skipped");
    for (int i = 0; i < skipped.getLength(); i++) {
      Element skip = (Element) skipped.item(i);
      Element test = (Element) skip.getParentNode();
      String why = Stream.of(skip.getAttribute("message"), skip.getTextContent())
          .flatMap(String::lines).filter(line -> !line.isBlank()).findFirst().orElse("no reason given");
      skips.add(test.getAttribute("classname") + "." + test.getAttribute("name") + ": " + why);
    }
  }
  if (!skips.isEmpty()) {
    IO.println(skips.size() + " skipped:");
    skips.forEach(skip -> IO.println("  " + skip));
  }
  int failed = failures + errors;
  IO.println("Tests run: %d, Failures: %d, Errors: %d, Skipped: %d".formatted(tests, failures, errors, skips.size()));
  IO.println("%d passed, %d failed, %d skipped".formatted(tests - failed - skips.size(), failed, skips.size()));
  System.exit(failed > 0 || !skips.isEmpty() || tests == 0 ? 1 : 0);
}

List<Path> reports(Path root) throws IOException {
  PathMatcher report = root.getFileSystem().getPathMatcher("glob:**/target/surefire-reports/TEST-*.xml");
  try (Stream<Path> found = Files.find(root, 5, (path, _) -> report.matches(path))) {
    return found.sorted().toList();
  }
}
