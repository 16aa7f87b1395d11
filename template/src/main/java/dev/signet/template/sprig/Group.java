package dev.signet.template.sprig;

import dev.signet.template.Function;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The groups of functions and the names in each. A group's class is loaded, and in most groups a
 * function made, when a template names it: making all of them takes longer than rendering most
 * templates.
 */
enum Group {
  STRINGS(
      "cat contains hasPrefix hasSuffix hello indent join lower nindent plural quote "
          + "repeat replace sortAlpha split splitList splitn squote substr title toString "
          + "toStrings trim trimAll trimPrefix trimSuffix trimall trunc upper"),
  WORDS(
      "abbrev abbrevboth camelcase initials kebabcase nospace snakecase swapcase "
          + "untitle wrap wrapWith"),
  LISTS(
      "append chunk compact concat first has initial last list mustAppend mustChunk "
          + "mustCompact mustFirst mustHas mustInitial mustLast mustPrepend mustPush mustRest "
          + "mustReverse mustSlice mustUniq mustWithout prepend push rest reverse slice tuple "
          + "uniq without"),
  DICTS(
      "deepCopy dict dig get hasKey keys merge mergeOverwrite mustDeepCopy mustMerge "
          + "mustMergeOverwrite omit pick pluck set unset values"),
  DEFAULTS("all any coalesce default empty fail ternary"),
  TYPES("deepEqual kindIs kindOf typeIs typeIsLike typeOf"),
  JSON(
      "fromJson mustFromJson mustToJson mustToPrettyJson mustToRawJson toJson "
          + "toPrettyJson toRawJson"),
  ARITHMETIC(
      "add add1 add1f addf atoi biggest ceil div divf float64 floor int int64 max maxf "
          + "min minf mod mul mulf round seq sub subf toDecimal until untilStep"),
  DATES(
      "ago date dateInZone dateModify date_in_zone date_modify duration durationRound "
          + "htmlDate htmlDateInZone mustDateModify mustToDate must_date_modify now toDate "
          + "unixEpoch"),
  HASHES("adler32sum b32dec b32enc b64dec b64enc sha1sum sha256sum sha512sum"),
  PASSWORDS("bcrypt decryptAES derivePassword encryptAES htpasswd randBytes"),
  CERTIFICATES(
      "buildCustomCert genCA genCAWithKey genPrivateKey genSelfSignedCert "
          + "genSelfSignedCertWithKey genSignedCert genSignedCertWithKey"),
  RANDOMS("randAlpha randAlphaNum randAscii randInt randNumeric shuffle uuidv4"),
  REGEXES(
      "mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll "
          + "mustRegexReplaceAllLiteral mustRegexSplit regexFind regexFindAll regexMatch "
          + "regexQuoteMeta regexReplaceAll regexReplaceAllLiteral regexSplit"),
  VERSIONS("semver semverCompare"),
  URLS("urlJoin urlParse"),
  PATHS("base clean dir ext isAbs osBase osClean osDir osExt osIsAbs");

  private final String names;

  Group(String names) {
    this.names = names;
  }

  List<String> names() {
    return List.of(names.split(" ", -1));
  }

  @Nullable Function find(String name) {
    return switch (this) {
      case STRINGS -> Strings.find(name);
      case WORDS -> Words.find(name);
      case LISTS -> Lists.find(name);
      case DICTS -> Dicts.find(name);
      case DEFAULTS -> Defaults.find(name);
      case TYPES -> Types.find(name);
      case JSON -> JsonFunctions.find(name);
      case ARITHMETIC -> Arithmetic.find(name);
      case DATES -> Dates.find(name);
      case HASHES -> Hashes.find(name);
      case PASSWORDS -> Passwords.FUNCTIONS.find(name);
      case CERTIFICATES -> Certificates.FUNCTIONS.find(name);
      case RANDOMS -> Randoms.FUNCTIONS.find(name);
      case REGEXES -> Regexes.FUNCTIONS.find(name);
      case VERSIONS -> Versions.find(name);
      case URLS -> Urls.find(name);
      case PATHS -> Paths.find(name);
    };
  }

  /** A function that its group makes when it is asked for. */
  record Member(Group group, String name) implements Supplier<Function> {
    @Override
    public Function get() {
      Function function = group.find(name);
      if (function == null) {
        throw new IllegalStateException(group + " has no " + name);
      }
      return function;
    }
  }
}
