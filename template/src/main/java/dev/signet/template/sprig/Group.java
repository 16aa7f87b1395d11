package dev.signet.template.sprig;

import dev.signet.template.Function;
import dev.signet.template.Functions;
import java.util.List;
import java.util.function.Supplier;

/**
 * The groups of functions and the names in each. A group's class is loaded when a template names
 * one of its functions: making all functions takes longer than rendering most templates.
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

  Functions functions() {
    return switch (this) {
      case STRINGS -> Strings.FUNCTIONS;
      case WORDS -> Words.FUNCTIONS;
      case LISTS -> Lists.FUNCTIONS;
      case DICTS -> Dicts.FUNCTIONS;
      case DEFAULTS -> Defaults.FUNCTIONS;
      case TYPES -> Types.FUNCTIONS;
      case JSON -> JsonFunctions.FUNCTIONS;
      case ARITHMETIC -> Arithmetic.FUNCTIONS;
      case DATES -> Dates.FUNCTIONS;
      case HASHES -> Hashes.FUNCTIONS;
      case PASSWORDS -> Passwords.FUNCTIONS;
      case CERTIFICATES -> Certificates.FUNCTIONS;
      case RANDOMS -> Randoms.FUNCTIONS;
      case REGEXES -> Regexes.FUNCTIONS;
      case VERSIONS -> Versions.FUNCTIONS;
      case URLS -> Urls.FUNCTIONS;
      case PATHS -> Paths.FUNCTIONS;
    };
  }

  /** A function that its group makes when it is asked for. */
  record Member(Group group, String name) implements Supplier<Function> {
    @Override
    public Function get() {
      Function function = group.functions().find(name);
      if (function == null) {
        throw new IllegalStateException(group + " has no " + name);
      }
      return function;
    }
  }
}
