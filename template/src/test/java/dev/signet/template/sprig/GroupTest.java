package dev.signet.template.sprig;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GroupTest {
  @ParameterizedTest
  @EnumSource
  void makesEveryFunctionItListsAndNoOther(Group group) {
    assertThat(group.names())
        .isNotEmpty()
        .allSatisfy(name -> assertThat(group.find(name)).isNotNull());
    assertThat(Sprig.functions().names())
        .filteredOn(name -> group.find(name) != null)
        .containsExactlyInAnyOrderElementsOf(group.names());
  }
}
