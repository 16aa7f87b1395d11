package dev.signet.sops;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.Optional;

/**
 * Which leaves of a file are encrypted. All but the comment rules look at every key on the way to a
 * leaf, so that what is true of a branch is true of all that is in it; patterns are searched for
 * anywhere in a key. The comment rules look at the comments that stand before a leaf, or before a
 * branch that it is in. A pattern that is none matches nothing.
 */
public final class Selection {

  /** The rules, by their names in a file. */
  public enum Rule {
    UNENCRYPTED_SUFFIX("unencrypted_suffix"),
    ENCRYPTED_SUFFIX("encrypted_suffix"),
    UNENCRYPTED_REGEX("unencrypted_regex"),
    ENCRYPTED_REGEX("encrypted_regex"),
    UNENCRYPTED_COMMENT_REGEX("unencrypted_comment_regex"),
    ENCRYPTED_COMMENT_REGEX("encrypted_comment_regex");

    private final String text;

    Rule(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }

    /** Whether a match means to encrypt. */
    boolean encrypts() {
      return switch (this) {
        case ENCRYPTED_SUFFIX, ENCRYPTED_REGEX, ENCRYPTED_COMMENT_REGEX -> true;
        case UNENCRYPTED_SUFFIX, UNENCRYPTED_REGEX, UNENCRYPTED_COMMENT_REGEX -> false;
      };
    }
  }

  static final String ONLY_ONE =
      "more than one of encrypted_suffix, unencrypted_suffix, encrypted_regex, unencrypted_regex,"
          + " encrypted_comment_regex, or unencrypted_comment_regex";

  /** What applies where nothing is said. */
  public static final Selection USUAL = new Selection(Rule.UNENCRYPTED_SUFFIX, "_unencrypted");

  private final Rule rule;
  private final String argument;
  private final Optional<Pattern> pattern;

  public Selection(Rule rule, String argument) {
    this.rule = rule;
    this.argument = argument;
    this.pattern =
        rule == Rule.UNENCRYPTED_SUFFIX || rule == Rule.ENCRYPTED_SUFFIX
            ? Optional.empty()
            : compile(argument);
  }

  private static Optional<Pattern> compile(String text) {
    try {
      return Optional.of(Pattern.compile(text));
    } catch (PatternSyntaxException e) {
      return Optional.empty();
    }
  }

  public Rule rule() {
    return rule;
  }

  public String argument() {
    return argument;
  }

  /**
   * Whether a leaf is encrypted.
   *
   * @param path the keys on the way to it
   * @param comments those that apply, a list for each level
   * @param comment whether it is a comment, which then is the last of those
   */
  boolean encrypts(List<String> path, List<List<String>> comments, boolean comment) {
    return rule.encrypts() == matches(path, comments, comment);
  }

  private boolean matches(List<String> path, List<List<String>> comments, boolean comment) {
    return switch (rule) {
      case UNENCRYPTED_SUFFIX, ENCRYPTED_SUFFIX ->
          path.stream().anyMatch(key -> key.endsWith(argument));
      case UNENCRYPTED_REGEX, ENCRYPTED_REGEX -> path.stream().anyMatch(this::found);
      case UNENCRYPTED_COMMENT_REGEX ->
          comments.stream().anyMatch(level -> level.stream().anyMatch(this::found));
      case ENCRYPTED_COMMENT_REGEX -> {
        int last = comments.size() - 1;
        for (int i = 0; i <= last; i++) {
          List<String> level = comments.get(i);
          // The comment that turns encryption on stays readable itself.
          int end = comment && i == last ? level.size() - 1 : level.size();
          if (level.subList(0, end).stream().anyMatch(this::found)) {
            yield true;
          }
        }
        yield false;
      }
    };
  }

  /** Whether the pattern, if there is one, is found in a text. */
  boolean found(String text) {
    return pattern.isPresent() && pattern.get().matcher(text).find();
  }
}
