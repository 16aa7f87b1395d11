package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import java.util.List;

/** Tokens of service accounts, as the cluster gives them out. */
@FunctionalInterface
public interface AccountTokens {

  /** Where there are none. */
  AccountTokens NONE =
      (namespace, name, _) -> {
        throw new ObjectsException(
            new Problem.Denied(),
            "there are no tokens of service accounts here, not of " + namespace + "/" + name);
      };

  /** A token that holds for some minutes. */
  String token(String namespace, String name, List<String> audiences) throws ObjectsException;
}
