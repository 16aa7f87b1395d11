package dev.signet.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.signet.core.SecretBytes;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Holds the arrows of docs/architecture.md, and the habits that a compiler cannot hold. */
class ArchitectureTest {

  private static final JavaClasses SIGNET =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.signet");

  @Test
  void modulesUseOnlyWhatTheyMay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("dev.signet..")
        .layer("core")
        .definedBy("dev.signet.core..")
        .layer("yaml")
        .definedBy("dev.signet.yaml..")
        .layer("sops")
        .definedBy("dev.signet.sops..")
        .layer("remote")
        .definedBy("dev.signet.remote..")
        .layer("template")
        .definedBy("dev.signet.template..")
        .layer("delivery")
        .definedBy("dev.signet.delivery..")
        .layer("dialects")
        .definedBy("dev.signet.dialects..")
        .layer("stores")
        .definedBy("dev.signet.stores..")
        .layer("kube")
        .definedBy("dev.signet.kube..")
        .layer("operator")
        .definedBy("dev.signet.operator..")
        .layer("cli")
        .definedBy("dev.signet.cli..")
        .whereLayer("core")
        .mayOnlyBeAccessedByLayers(
            "sops", "remote", "delivery", "dialects", "stores", "kube", "operator", "cli")
        .whereLayer("template")
        .mayOnlyBeAccessedByLayers("delivery", "dialects", "stores", "operator", "cli")
        .whereLayer("yaml")
        .mayOnlyBeAccessedByLayers(
            "sops", "delivery", "dialects", "stores", "kube", "operator", "cli")
        .whereLayer("sops")
        .mayOnlyBeAccessedByLayers("remote", "dialects", "cli")
        .whereLayer("remote")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("delivery")
        .mayOnlyBeAccessedByLayers("dialects", "stores", "kube", "operator", "cli")
        .whereLayer("stores")
        .mayOnlyBeAccessedByLayers("operator", "cli")
        .whereLayer("dialects")
        .mayOnlyBeAccessedByLayers("operator", "cli")
        .whereLayer("kube")
        .mayOnlyBeAccessedByLayers("operator", "cli")
        .whereLayer("operator")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .check(SIGNET);
  }

  @Test
  void dialectsDoNotKnowEachOther() {
    slices().matching("dev.signet.dialects.(*)..").should().notDependOnEachOther().check(SIGNET);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.signet.(**)").should().beFreeOfCycles().check(SIGNET);
  }

  @Test
  void libraryTypesStayWhereTheyBelong() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.signet.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .check(SIGNET);
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.signet.yaml..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.snakeyaml..")
        .check(SIGNET);
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.signet.kube..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fabric8..")
        .check(SIGNET);
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.signet.operator..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.prometheus..", "ch.qos.logback..")
        .check(SIGNET);
    // So that who opens no store of AWS loads nothing of its SDK.
    noClasses()
        .that()
        .haveFullyQualifiedName("dev.signet.stores.aws.AwsStores")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon..")
        .check(SIGNET);
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(FastRsa.class.getName())
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.amazon..")
        .check(SIGNET);
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.signet.remote..", "dev.signet.stores.aws..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon..")
        .check(SIGNET);
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.signet.remote..", "dev.signet.stores.google..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.google.auth..", "com.google.api..")
        .check(SIGNET);
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.signet.remote..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.google.protobuf..", "io.grpc..", "io.netty..")
        .check(SIGNET);
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.signet.stores.azure..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.azure..", "com.microsoft..", "reactor..")
        .check(SIGNET);
  }

  @Test
  void nothingPrintsButTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.signet.cli..", "dev.signet.testkit..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .check(SIGNET);
  }

  @Test
  void namesSayWhatAThingIs() {
    noClasses()
        .should()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameStartingWith("Abstract")
        .check(SIGNET);
  }

  @Test
  void secretBytesCannotBeExtendedOrSerialized() {
    classes()
        .that()
        .areAssignableTo(SecretBytes.class)
        .should()
        .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
        .andShould()
        .notBeAssignableTo(java.io.Serializable.class)
        .check(SIGNET);
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(SIGNET.stream().map(JavaClass::getPackage).distinct())
        .isNotEmpty()
        .allSatisfy(
            each -> assertThat(each.isAnnotatedWith(NullMarked.class)).as(each.getName()).isTrue());
  }
}
