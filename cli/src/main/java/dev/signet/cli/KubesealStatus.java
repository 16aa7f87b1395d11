package dev.signet.cli;

import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** An answer of an API server that is no success, in client-go's words. */
final class KubesealStatus {

  private static final int LONGEST = 2048;

  private KubesealStatus() {}

  /**
   * The text for an answer.
   *
   * @param asked the verb and the resource with its name, such as {@code get services x}
   * @param quotable whether a body that is no Status is told as it is
   */
  static String text(String asked, int code, byte[] body, boolean quotable) {
    Optional<String> said = message(body);
    if (said.isPresent()) {
      return said.get();
    }
    String whole = new String(body, StandardCharsets.UTF_8).strip();
    String quoted =
        !quotable ? "unknown" : whole.length() > LONGEST ? whole.substring(0, LONGEST) : whole;
    String text =
        switch (code) {
          case 400 -> "the server rejected our request for an unknown reason";
          case 401 -> "the server has asked for the client to provide credentials";
          case 403 -> quoted;
          case 404 -> "the server could not find the requested resource";
          case 405 -> "the server does not allow this method on the requested resource";
          case 409 -> "the server reported a conflict";
          case 422 -> "the server rejected our request due to an error in our request";
          case 429 ->
              "the server has received too many requests and has asked us to try again later";
          case 503 -> "the server is currently unable to handle the request";
          case 504 ->
              "the server was unable to return a response in the time allotted, but may still be"
                  + " processing the request";
          default ->
              code >= 500
                  ? "an error on the server ("
                      + KubesealText.quoted(quoted)
                      + ") has prevented the request from succeeding"
                  : "the server responded with the status code "
                      + code
                      + " but did not return more information";
        };
    return text + " (" + asked + ")";
  }

  private static Optional<String> message(byte[] body) {
    if (body.length == 0 || body[0] != '{') {
      return Optional.empty();
    }
    try {
      List<Document> documents =
          Documents.read(body, "answer", ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
      return documents.size() == 1
              && "Status".equals(documents.getFirst().tree().get("kind"))
              && documents.getFirst().tree().get("message") instanceof String message
          ? Optional.of(message)
          : Optional.empty();
    } catch (MalformedDocumentException e) {
      return Optional.empty();
    }
  }
}
