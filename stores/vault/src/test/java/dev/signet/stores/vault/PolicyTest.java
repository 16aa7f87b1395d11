package dev.signet.stores.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import dev.signet.stores.vault.Policy.Capability;
import dev.signet.stores.vault.Policy.Rule;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {

  /** {@code path=capabilities path=capabilities}, each capability by its first letter. */
  private static Policy policy(String rules) {
    Policy policy = new Policy();
    for (String rule : rules.split(" ", -1)) {
      String[] parts = rule.split("=", -1);
      EnumSet<Capability> all = EnumSet.noneOf(Capability.class);
      for (Capability each : Capability.values()) {
        if (parts[1].indexOf(each.name().charAt(0)) >= 0) {
          all.add(each);
        }
      }
      policy.add(List.of(new Rule(parts[0], all, Map.of())), "somebody");
    }
    return policy;
  }

  private static String text(Policy policy) {
    return policy.lines().stream()
        .map(
            line ->
                line.path()
                    + "="
                    + line.capabilities().stream()
                        .map(each -> each.name().substring(0, 1))
                        .collect(Collectors.joining()))
        .collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # two that have nothing to do with each other
          m/data/a=r m/data/b=r            | m/data/a=r m/data/b=r
          # the same path twice
          m/data/a=r m/data/a=cu           | m/data/a=cru
          # one that a wider one has
          m/data/*=r m/data/a=r            | m/data/*=r
          m/data/*=r m/data/a/*=r          | m/data/*=r
          # of all that fit only one decides, so the narrow one has what the wide one has
          m/data/*=r m/data/a=cu           | m/data/*=r m/data/a=cru
          m/*=l m/a*=r m/a/b=d             | m/*=l m/a*=rl m/a/b=rdl
          # the wide one has it by a wider one still
          m/*=r m/a/*=l m/a/b=rl           | m/*=r m/a/*=rl
          # a list of a folder takes the rule of the key of that name
          m/a=r m/a/*=l                    | m/a=rl m/a/*=l
          m/a=r m/a/=l                     | m/a=r m/a/=l
          # a name that begins the same is another name
          m/a*=r m/ab=r                    | m/a*=r
          m/ab*=r m/a=r                    | m/a=r m/ab*=r
          """)
  void rulesAreAsFewAsWork(String rules, String lines) {
    assertThat(text(policy(rules))).isEqualTo(lines);
    String backwards = String.join(" ", Arrays.asList(rules.split(" ", -1)).reversed());
    assertThat(text(policy(backwards))).as("in the other order").isEqualTo(lines);
  }

  @Test
  void itIsWrittenAsVaultReadsIt() {
    Policy policy = new Policy();
    policy.add(List.of(Rule.of("m/data/a\"\\", Capability.update, Capability.read)), "B");
    policy.add(
        List.of(
            new Rule(
                "sys/leases/revoke",
                Set.of(Capability.update),
                Map.of("sync", Set.of(), "lease_id", Set.of("x/creds/r/*")))),
        "A");
    for (int i = 0; i < 6; i++) {
      policy.add(List.of(Rule.of("many", Capability.list)), "user " + i);
    }
    assertThat(policy.hcl())
        .isEqualTo(
            """
            # B
            path "m/data/a\\"\\\\" {
              capabilities = ["read", "update"]
            }

            # user 0, user 1, user 2, user 3 and 2 more
            path "many" {
              capabilities = ["list"]
            }

            # A
            path "sys/leases/revoke" {
              capabilities = ["update"]
              allowed_parameters = {
                "lease_id" = ["x/creds/r/*"]
                "sync" = []
              }
            }
            """);
  }

  @Test
  void leasesOfTwoEnginesMayBeRevokedTogether() {
    Policy policy = new Policy();
    for (String engine : List.of("a", "b")) {
      policy.add(
          List.of(
              new Rule(
                  "sys/leases/revoke",
                  Set.of(Capability.update),
                  Map.of("lease_id", Set.of(engine + "/*")))),
          engine);
    }
    assertThat(policy.lines().getFirst().parameters())
        .isEqualTo(Map.of("lease_id", Set.of("a/*", "b/*")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          db            ; ``       ; false
          ^app/db       ; app/db   ; false
          ^app/db$      ; app/db   ; true
          ^app\\.db-.*  ; app.db-  ; false
          ^app/d?       ; app/     ; false
          ^app/d+       ; app/d    ; false
          ^app/d{2}     ; app/     ; false
          ^(app|other)  ; ``       ; false
          ^app|other    ; ``       ; false
          (?i)^app      ; ``       ; false
          ^app\\d       ; app      ; false
          ^             ; ``       ; false
          ^$            ; ``       ; true
          """)
  void aPatternSaysHowNamesBegin(String pattern, String text, boolean whole) {
    assertThat(VaultNeeds.Begin.of(Pattern.compile(pattern)))
        .isEqualTo(new VaultNeeds.Begin(text, whole));
  }
}
