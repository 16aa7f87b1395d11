package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SupportBundleTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no key could decrypt secret (k)                     | no key could decrypt secret (k)
          AgBq3rFJcV8k2w7Pz0Q9sT5uX1yA4bC6dE8fG0hI2jK4lM6nO8p | (cut)
          token eyJhbGciOiJSUzI1NiIsImtpZCI6IjEyMzQ1Njc4OTAxMjM0NTY3ODkwIn0.x is bad | token (cut).x is bad
          0123456789012345678901234567890123456789            | (cut)
          production/db-credentials                           | production/db-credentials
          """)
  void whatLooksSecretIsCut(String text, String cut) {
    assertThat(SupportBundle.cut(text)).isEqualTo(cut);
  }
}
