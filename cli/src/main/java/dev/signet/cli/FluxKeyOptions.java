package dev.signet.cli;

import dev.signet.cli.sops.SopsManifests;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.directory.Manifest;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.sops.FluxKeys;
import dev.signet.sops.OpenKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/**
 * Keys for files of SOPS as Flux has them: in Secrets or folders that are named, and in the Secrets
 * that Kustomizations of Flux name, where the manifests of both are among those that are read.
 */
final class FluxKeyOptions {

  private static final GroupKind KUSTOMIZATION =
      new GroupKind("kustomize.toolkit.fluxcd.io", "Kustomization");

  @Option(
      names = "--flux-keys",
      paramLabel = "PATH",
      description = {
        "More keys for files of SOPS, laid out as for Flux: a folder with *.agekey and *.asc, or the",
        "manifest of such a Secret; repeatable."
      })
  List<String> places = new ArrayList<>();

  /** Files of SOPS, opened by these keys first, then by those of this machine. */
  SopsManifests open(Surroundings surroundings, List<Path> sources) throws CommandFailure {
    List<OpenKeys> named = new ArrayList<>();
    for (String place : places) {
      named.addAll(read(surroundings, place));
    }
    return new SopsManifests(
        surroundings.sops(),
        () -> {
          List<OpenKeys> all = new ArrayList<>(named);
          all.addAll(ofKustomizations(surroundings, sources));
          return all;
        });
  }

  private static List<OpenKeys> read(Surroundings surroundings, String place)
      throws CommandFailure {
    Path path = surroundings.path(place);
    List<OpenKeys> found = new ArrayList<>();
    if (!Files.exists(path)) {
      throw CommandFailure.of("cannot read " + place + ": no such file or directory");
    }
    if (Files.isDirectory(path)) {
      found.add(folder(surroundings, path, place));
    } else {
      Manifests manifests = Manifests.read(List.of(path), "default");
      for (Manifest manifest : manifests.all()) {
        secret(surroundings, manifest).ifPresent(found::add);
      }
    }
    if (found.stream().allMatch(keys -> keys instanceof FluxKeys flux && flux.isEmpty())) {
      throw CommandFailure.of(
          "there is no key in " + place, "keys are in *.agekey or *.asc, of a folder or a Secret");
    }
    return found;
  }

  private static FluxKeys folder(Surroundings surroundings, Path folder, String place)
      throws CommandFailure {
    Map<String, SecretBytes> entries = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = String.valueOf(file.getFileName());
        if (FluxKeys.isOne(name) && Files.isRegularFile(file)) {
          entries.put(name, SecretBytes.wrap(Files.readAllBytes(file)));
        }
      }
      return keys(surroundings, place, entries);
    } catch (IOException e) {
      throw CommandFailure.of("cannot read " + place + ": " + InputOutput.reason(e));
    } finally {
      entries.values().forEach(SecretBytes::close);
    }
  }

  private static Optional<OpenKeys> secret(Surroundings surroundings, Manifest manifest) {
    KubeObject object = manifest.object();
    if (!object.ref().kind().equals(GroupKind.SECRET) || object.tree().containsKey("sops")) {
      return Optional.empty();
    }
    try (Secret secret = SecretManifest.read(object.tree(), manifest.where())) {
      Map<String, SecretBytes> entries = new LinkedHashMap<>();
      secret.data().items().forEach((name, item) -> entries.put(name, item.value()));
      return Optional.of(keys(surroundings, object.ref().toString(), entries));
    } catch (MalformedObjectException e) {
      return Optional.empty();
    }
  }

  private static FluxKeys keys(
      Surroundings surroundings, String place, Map<String, SecretBytes> entries) {
    return FluxKeys.read(place, entries, surroundings.random());
  }

  /** What cannot be read says so elsewhere. */
  private static List<OpenKeys> ofKustomizations(Surroundings surroundings, List<Path> sources) {
    List<OpenKeys> found = new ArrayList<>();
    if (sources.isEmpty()) {
      return found;
    }
    Manifests manifests = Manifests.read(sources, "default");
    Set<Ref> wanted = new LinkedHashSet<>();
    for (Manifest manifest : manifests.all()) {
      if (manifest.object().ref().kind().equals(KUSTOMIZATION)) {
        keysOf(manifest.object()).ifPresent(wanted::add);
      }
    }
    for (Manifest manifest : manifests.all()) {
      if (wanted.contains(manifest.object().ref())) {
        secret(surroundings, manifest).ifPresent(found::add);
      }
    }
    return found;
  }

  private static Optional<Ref> keysOf(KubeObject kustomization) {
    try {
      Optional<Fields> secret =
          kustomization.spec().object("decryption").isPresent()
              ? kustomization.spec().requiredObject("decryption").object("secretRef")
              : Optional.empty();
      return secret.isEmpty()
          ? Optional.empty()
          : secret
              .get()
              .string("name")
              .map(name -> Ref.secret(kustomization.ref().namespace(), name));
    } catch (MalformedObjectException e) {
      return Optional.empty();
    }
  }
}
