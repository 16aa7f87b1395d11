package dev.signet.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;

/** Prints the version of the program that the launcher named in the property signet.program. */
public final class Main {

  private Main() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 1 || !(args[0].equals("--version") || args[0].equals("version"))) {
      System.err.println("error: only --version is here");
      System.exit(1);
    }
    Properties version = new Properties();
    try (InputStream in =
        Objects.requireNonNull(Main.class.getResourceAsStream("version.properties"))) {
      version.load(in);
    }
    System.out.println(
        System.getProperty("signet.program", "signet")
            + " version: v"
            + version.getProperty("version"));
  }
}
