package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Objects;
import dev.signet.delivery.object.Secret;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts how often values of Secrets are read. */
final class Reads {

  private final AtomicInteger ofValues = new AtomicInteger();
  private final Objects objects;

  Reads(Objects inner) {
    this.objects =
        (Objects)
            Proxy.newProxyInstance(
                Reads.class.getClassLoader(),
                new Class<?>[] {Objects.class},
                (_, method, arguments) -> {
                  if (method
                      .getGenericReturnType()
                      .getTypeName()
                      .contains(Secret.class.getName())) {
                    ofValues.incrementAndGet();
                  }
                  try {
                    return method.invoke(inner, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  Objects objects() {
    return objects;
  }

  int ofValues() {
    return ofValues.get();
  }
}
