package dev.signet.testkit.cluster;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The head of an HTTP/1.1 message, and where its body ends (RFC 9112): as much as a proxy must
 * know. Bytes of a body are passed on as they come, so that watches flow.
 *
 * @param start the request line or the status line
 * @param headers each as a line, in order
 */
record HttpMessage(String start, List<String> headers) {

  private static final int MAX_LINE = 64 * 1024;
  private static final int MAX_BODY = 64 * 1024 * 1024;
  private static final int BUFFER = 16 * 1024;

  /** The next head of a connection, or empty if it ended before one. */
  static Optional<HttpMessage> read(InputStream in) throws IOException {
    int first = in.read();
    if (first < 0) {
      return Optional.empty();
    }
    String start = (char) first + line(in);
    List<String> headers = new ArrayList<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      headers.add(line);
    }
    return Optional.of(new HttpMessage(start, headers));
  }

  void write(OutputStream out) throws IOException {
    StringBuilder head = new StringBuilder(start).append("\r\n");
    headers.forEach(header -> head.append(header).append("\r\n"));
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  String method() {
    return start.substring(0, start.indexOf(' '));
  }

  String target() {
    return start.split(" ", -1)[1];
  }

  int status() {
    return Integer.parseInt(start.split(" ", -1)[1]);
  }

  Optional<String> header(String name) {
    return headers.stream()
        .filter(header -> named(header, name))
        .findFirst()
        .map(header -> header.substring(name.length() + 1).strip());
  }

  boolean headerHas(String name, String value) {
    return header(name).filter(found -> found.equalsIgnoreCase(value)).isPresent();
  }

  /** Without all headers whose name begins so. */
  HttpMessage without(String namePrefix) {
    return new HttpMessage(
        start,
        headers.stream()
            .filter(header -> !header.regionMatches(true, 0, namePrefix, 0, namePrefix.length()))
            .toList());
  }

  HttpMessage with(String name, String value) {
    List<String> more = new ArrayList<>(headers);
    more.add(name + ": " + value);
    return new HttpMessage(start, more);
  }

  /** The whole body of a request, decoded. */
  byte[] readBody(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (headerHas("Transfer-Encoding", "chunked")) {
      for (int size = chunkSize(line(in)); size > 0; size = chunkSize(line(in))) {
        copy(in, body, size);
        line(in);
        if (body.size() > MAX_BODY) {
          throw new IOException("a request body of more than " + MAX_BODY + " bytes");
        }
      }
      skipTrailers(in);
    } else {
      copy(in, body, Long.parseLong(header("Content-Length").orElse("0")));
    }
    return body.toByteArray();
  }

  /** Passes the body of this response on; false if only the end of the connection ends it. */
  boolean passBody(String method, InputStream in, OutputStream out) throws IOException {
    if (method.equals("HEAD") || status() == 204 || status() == 304) {
      return true;
    }
    if (headerHas("Transfer-Encoding", "chunked")) {
      passChunks(in, out);
      return true;
    }
    Optional<String> length = header("Content-Length");
    if (length.isPresent()) {
      copy(in, out, Long.parseLong(length.get()));
      return true;
    }
    passAll(in, out);
    return false;
  }

  /** Passes on what comes, at once, until it ends. */
  static void passAll(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      out.write(buffer, 0, n);
      out.flush();
    }
  }

  private static void passChunks(InputStream in, OutputStream out) throws IOException {
    while (true) {
      String size = line(in);
      writeLine(out, size);
      if (chunkSize(size) == 0) {
        break;
      }
      copy(in, out, chunkSize(size));
      writeLine(out, line(in));
      out.flush();
    }
    for (String line = line(in); ; line = line(in)) {
      writeLine(out, line);
      if (line.isEmpty()) {
        out.flush();
        return;
      }
    }
  }

  private static void skipTrailers(InputStream in) throws IOException {
    while (!line(in).isEmpty()) {
      // Nothing that a request of ours says in a trailer matters.
    }
  }

  private static void copy(InputStream in, OutputStream out, long count) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long left = count;
    while (left > 0) {
      int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (n < 0) {
        throw new EOFException("the connection ended within a body");
      }
      out.write(buffer, 0, n);
      out.flush();
      left -= n;
    }
  }

  private static int chunkSize(String line) throws IOException {
    try {
      return Integer.parseInt(line.split(";", -1)[0].strip(), 16);
    } catch (NumberFormatException e) {
      throw new IOException("no chunk size: " + line, e);
    }
  }

  private static void writeLine(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection ended within a line");
      }
      if (line.length() == MAX_LINE) {
        throw new IOException("a line of more than " + MAX_LINE + " bytes");
      }
      line.append((char) c);
    }
    int end = line.length() - 1;
    return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
  }

  private static boolean named(String header, String name) {
    return header.length() > name.length()
        && header.charAt(name.length()) == ':'
        && header.regionMatches(true, 0, name, 0, name.length());
  }
}
