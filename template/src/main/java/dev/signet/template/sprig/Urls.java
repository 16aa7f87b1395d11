package dev.signet.template.sprig;

import static dev.signet.template.GoType.ANY_MAP;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Args.string;
import static dev.signet.template.sprig.Registry.fixed;

import dev.signet.template.Call;
import dev.signet.template.Dict;
import dev.signet.template.Function;
import dev.signet.template.GoError;
import dev.signet.template.Str;
import dev.signet.template.Value;
import org.jspecify.annotations.Nullable;

/** URLs as dictionaries of their parts, and back. */
final class Urls {
  private Urls() {}

  static @Nullable Function find(String name) {
    return switch (name) {
      case "urlParse" -> fixed(ANY_MAP, Urls::parse, STRING);
      case "urlJoin" -> fixed(STRING, Urls::join, ANY_MAP);
      default -> null;
    };
  }

  private static Value parse(Call call, Value[] arguments) throws GoError {
    String raw = string(arguments[0]);
    call.meter().memory(raw.length() * 4L);
    GoUrl url;
    try {
      url = GoUrl.parse(raw);
    } catch (GoError e) {
      throw new GoError("unable to parse url: " + e.raw());
    }
    Dict dict = Dict.empty(ANY_MAP);
    dict.put("scheme", new Str(url.scheme()));
    dict.put("host", new Str(url.host()));
    dict.put("hostname", new Str(url.hostname()));
    dict.put("path", new Str(url.path()));
    dict.put("query", new Str(url.query()));
    dict.put("opaque", new Str(url.opaque()));
    dict.put("fragment", new Str(url.fragment()));
    dict.put("userinfo", new Str(url.userinfo() == null ? "" : url.userinfo()));
    return dict;
  }

  private static Value join(Call call, Value[] arguments) throws GoError {
    Dict dict = (Dict) arguments[0];
    String scheme = part(dict, "scheme");
    String host = part(dict, "host");
    String path = part(dict, "path");
    String query = part(dict, "query");
    String opaque = part(dict, "opaque");
    String fragment = part(dict, "fragment");
    String userinfo = part(dict, "userinfo");
    call.meter().memory(4L * (host.length() + path.length() + query.length() + fragment.length()));
    String escapedUser = null;
    if (!userinfo.isEmpty()) {
      try {
        escapedUser = GoUrl.parse("proto://" + userinfo + "@host").userinfo();
      } catch (GoError e) {
        throw new GoError("unable to parse userinfo in dict: " + e.raw());
      }
    }
    GoUrl url = new GoUrl(scheme, opaque, escapedUser, host, path, query, fragment);
    return string(url.assemble());
  }

  private static String part(Dict dict, String key) throws GoError {
    Value value = dict.get(key);
    return switch (value) {
      case null -> "";
      case Str(String raw) -> raw;
      case Value.Nil n -> throw Args.nilPointer();
      default ->
          throw new GoError(
              "unable to parse "
                  + key
                  + " key, must be of type string, but "
                  + value.type().kind().goName()
                  + " found");
    };
  }
}
