package dev.signet.template.sprig;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GroupTest {
  @ParameterizedTest
  @EnumSource
  void listsWhatItsClassRegisters(Group group) {
    assertThat(group.functions().names()).containsExactlyInAnyOrderElementsOf(group.names());
  }
}
