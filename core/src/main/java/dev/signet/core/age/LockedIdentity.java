package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Private keys behind a passphrase, which is asked for once, when a file might be for them. */
sealed interface LockedIdentity extends Identity {

  /** The identities that are tried on a file; none, if it is not for them. */
  List<Identity> unlocked(List<Stanza> stanzas) throws AgeException;

  private static SecretBytes ask(Passphrase passphrase) throws AgeException {
    try {
      return passphrase.ask();
    } catch (IOException e) {
      throw new AgeException(
          AgeException.Reason.LOCKED, "could not read the passphrase: " + e.getMessage());
    }
  }

  /** An SSH key; its public half tells whether a file is for it. */
  final class Ssh implements LockedIdentity {

    private final SecretBytes blob;
    private final Recipient recipient;
    private final byte[] wire;
    private final Passphrase passphrase;
    private final List<Identity> open = new ArrayList<>();

    Ssh(SecretBytes blob, Recipient recipient, byte[] wire, Passphrase passphrase) {
      this.blob = blob;
      this.recipient = recipient;
      this.wire = wire;
      this.passphrase = passphrase;
    }

    @Override
    public List<Identity> unlocked(List<Stanza> stanzas) throws AgeException {
      String type = recipient instanceof SshRsaRecipient ? SshWire.RSA : SshWire.ED25519;
      String tag = SshWire.tag(wire);
      boolean forIt =
          stanzas.stream()
              .anyMatch(
                  each ->
                      each.type().equals(type)
                          && !each.arguments().isEmpty()
                          && each.arguments().getFirst().equals(tag));
      if (!forIt) {
        return List.of();
      }
      if (open.isEmpty()) {
        try (SecretBytes word = ask(passphrase)) {
          Optional<Identity> own = SshPrivateKey.unlock(blob, word);
          open.add(
              own.orElseThrow(
                  () ->
                      new AgeException(
                          AgeException.Reason.LOCKED, "the passphrase of the SSH key is wrong")));
        } catch (AgeKeyException e) {
          throw new AgeException(AgeException.Reason.LOCKED, e.getMessage());
        }
      }
      return open;
    }

    @Override
    public void close() {
      blob.close();
      open.forEach(Identity::close);
    }

    @Override
    public String toString() {
      return "LockedIdentity[" + recipient + "]";
    }
  }

  /** An identity file that is itself an age file for a passphrase. */
  final class File implements LockedIdentity {

    private final SecretBytes file;
    private final Passphrase passphrase;
    private final Optional<Plugins> plugins;
    private final List<Identity> open = new ArrayList<>();

    File(SecretBytes file, Passphrase passphrase, Optional<Plugins> plugins) {
      this.file = file;
      this.passphrase = passphrase;
      this.plugins = plugins;
    }

    @Override
    public List<Identity> unlocked(List<Stanza> stanzas) throws AgeException {
      if (open.isEmpty()) {
        try (PassphraseIdentity word = new PassphraseIdentity(ask(passphrase));
            SecretBytes content = file.with(bytes -> AgeFile.open(bytes, List.of(word)))) {
          open.addAll(Identity.parseLines(content, plugins));
        } catch (AgeException e) {
          throw e.reason() == AgeException.Reason.NO_MATCH
              ? new AgeException(
                  AgeException.Reason.LOCKED, "the passphrase of the identity file is wrong")
              : e;
        } catch (AgeKeyException e) {
          throw new AgeException(
              AgeException.Reason.LOCKED, "the identity file: " + e.getMessage());
        }
      }
      return open;
    }

    @Override
    public void close() {
      file.close();
      open.forEach(Identity::close);
    }

    @Override
    public String toString() {
      return "LockedIdentity[hidden]";
    }
  }
}
