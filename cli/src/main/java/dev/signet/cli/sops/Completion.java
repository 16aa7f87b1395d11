package dev.signet.cli.sops;

import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Completion for shells: commands, their flags, then files. */
final class Completion {

  private Completion() {}

  /**
   * @param flags of each command, by its name of one word or two
   */
  static String script(SequencedMap<String, List<String>> flags, boolean zsh) {
    StringBuilder cases = new StringBuilder();
    for (Map.Entry<String, List<String>> each : flags.entrySet()) {
      cases
          .append("    '")
          .append(each.getKey())
          .append("'|'")
          .append(each.getKey())
          .append(" '*) words='")
          .append(String.join(" ", each.getValue()))
          .append("' ;;\n");
    }
    String commands =
        String.join(
            " ", flags.keySet().stream().map(name -> name.split(" ", 2)[0]).distinct().toList());
    String second =
        String.join(
            " ",
            flags.keySet().stream()
                .filter(name -> name.contains(" "))
                .map(name -> name.replace(" ", ":"))
                .toList());
    return (zsh ? "autoload -U +X bashcompinit && bashcompinit\n" : "")
        + """
        _sops() {
          local line words='' word="${COMP_WORDS[COMP_CWORD]}" pair
          line="${COMP_WORDS[*]:1:COMP_CWORD-1}"
          COMPREPLY=()
          case "$line" in
            '') words='%s' ;;
            groups|completion)
              for pair in %s; do
                case "$pair" in "$line":*) words="$words ${pair#*:}" ;; esac
              done
              ;;
        %s  esac
          case "$word" in
            -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
            *)
              case "$line" in
                ''|groups|completion) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
              esac
              COMPREPLY+=($(compgen -f -- "$word"))
              ;;
          esac
        }
        complete -o filenames -F _sops sops
        """
            .formatted(commands, second, cases);
  }
}
