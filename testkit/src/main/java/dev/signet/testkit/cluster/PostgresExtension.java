package dev.signet.testkit.cluster;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What {@link OnPostgres} promises. */
final class PostgresExtension implements BeforeEachCallback, ParameterResolver {

  private static final ExtensionContext.Namespace KEPT =
      ExtensionContext.Namespace.create(PostgresExtension.class);

  @Override
  public void beforeEach(ExtensionContext context) {
    postgres(context).server().heal();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Postgres.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return postgres(context);
  }

  private static Postgres postgres(ExtensionContext context) {
    return SharedServer.of(context, KEPT, "PostgreSQL", Postgres::start, Postgres::close);
  }
}
