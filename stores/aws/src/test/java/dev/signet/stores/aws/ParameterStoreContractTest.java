package dev.signet.stores.aws;

import dev.signet.stores.contract.Backend;
import dev.signet.stores.contract.StoreContract;
import dev.signet.testkit.cluster.Moto;
import dev.signet.testkit.cluster.OnMoto;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;

@OnMoto
final class ParameterStoreContractTest implements StoreContract {

  private Moto moto;

  @BeforeEach
  void stand(Moto moto) {
    this.moto = moto;
  }

  @Override
  public Backend backend() throws IOException {
    return new ParametersPlace(moto);
  }
}
