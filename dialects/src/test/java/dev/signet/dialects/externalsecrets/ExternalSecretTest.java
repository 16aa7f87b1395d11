package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.dialects.World;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExternalSecretTest {

  private static ExternalSecret read(String yaml) throws MalformedObjectException {
    return ExternalSecret.of(KubeObject.of(World.tree(yaml), "ns"));
  }

  private static ExternalSecret spec(String spec) throws MalformedObjectException {
    return read(
        "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: es}, spec: "
            + spec
            + "}");
  }

  @Test
  void whatIsNotSaidIsTheDefault() throws MalformedObjectException {
    ExternalSecret es =
        spec("{secretStoreRef: {name: s}, data: [{secretKey: k, remoteRef: {key: r}}]}");
    assertThat(es.store()).contains(new StoreRef("s", false));
    assertThat(es.targetName()).isEqualTo("es");
    assertThat(es.creationPolicy()).isEqualTo(ExternalSecret.CreationPolicy.Owner);
    assertThat(es.deletionPolicy()).isEqualTo(ExternalSecret.DeletionPolicy.Retain);
    assertThat(es.refreshPolicy()).isEqualTo(ExternalSecret.RefreshPolicy.Periodic);
    assertThat(es.refreshInterval()).isEqualTo(Duration.ofHours(1));
    assertThat(es.immutable()).isFalse();
    assertThat(es.data()).hasSize(1);
    assertThat(es.data().getFirst().ref()).isEqualTo(new RemoteRef("r", "", ""));
    assertThat(es.data().getFirst().store()).isEmpty();
    assertThat(es.metadata().namespace()).isEqualTo("ns");
  }

  /** Manifests as people publish them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        apiVersion: external-secrets.io/v1beta1
        kind: ExternalSecret
        metadata: {name: db-credentials, namespace: production}
        spec:
          refreshInterval: 1h
          secretStoreRef: {name: vault-backend, kind: ClusterSecretStore}
          target: {name: db-credentials, creationPolicy: Owner, deletionPolicy: Retain}
          data:
          - secretKey: username
            remoteRef: {key: production/database, property: username}
          - secretKey: password
            remoteRef: {key: production/database, property: password}
        """,
        """
        apiVersion: external-secrets.io/v1beta1
        kind: ExternalSecret
        metadata: {name: db-password}
        spec:
          refreshInterval: 1h
          secretStoreRef: {name: aws-secrets-manager, kind: SecretStore}
          target: {name: db-password}
          data: [{secretKey: password, remoteRef: {key: prod/db/password}}]
        """,
        """
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: app-secrets, namespace: production}
        spec:
          refreshInterval: 15m
          secretStoreRef: {name: vault-backend, kind: SecretStore}
          target: {name: app-secrets}
          dataFrom: [{extract: {key: secret/data/production/app}}]
        """,
        """
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: everything, anything: ignored, managedFields: [{manager: m}]}
        status: {conditions: [{anything: here}]}
        spec:
          refreshPolicy: OnChange
          refreshInterval: 1h30m0s
          target: {name: '', creationPolicy: CreateOrMerge, deletionPolicy: Merge, immutable: true}
          data:
          - secretKey: k
            sourceRef: {storeRef: {name: s, kind: ClusterSecretStore}}
            remoteRef: {key: r, property: p, version: v, metadataPolicy: None, decodingStrategy: Auto,
                        conversionStrategy: Unicode, nullBytePolicy: Fail}
          dataFrom:
          - sourceRef: {storeRef: {name: s}}
            extract: {key: r, version: '', decodingStrategy: '', conversionStrategy: Default}
        """
      })
  void publishedManifestsAreRead(String yaml) throws MalformedObjectException {
    ExternalSecret es = read(yaml);
    assertThat(es.data().size() + es.dataFrom().size()).isPositive();
    assertThat(es.targetName()).isEqualTo(es.metadata().name());
  }

  @Test
  void everyFieldIsRead() throws MalformedObjectException {
    ExternalSecret es =
        spec(
            """
            {refreshPolicy: CreatedOnce, refreshInterval: 90s,
             target: {name: t, creationPolicy: Orphan, deletionPolicy: Merge, immutable: true},
             dataFrom: [{sourceRef: {storeRef: {name: s, kind: ClusterSecretStore}},
                         extract: {key: r, property: p, version: v, decodingStrategy: Base64,
                                   conversionStrategy: Unicode, nullBytePolicy: Fail}}]}
            """);
    assertThat(es.targetName()).isEqualTo("t");
    assertThat(es.immutable()).isTrue();
    assertThat(es.refreshInterval()).isEqualTo(Duration.ofSeconds(90));
    assertThat(es.refreshPolicy()).isEqualTo(ExternalSecret.RefreshPolicy.CreatedOnce);
    ExternalSecret.Source.Extract extract =
        (ExternalSecret.Source.Extract) es.dataFrom().getFirst();
    assertThat(extract.store()).isEqualTo(Optional.of(new StoreRef("s", true)));
    assertThat(extract.ref()).isEqualTo(new RemoteRef("r", "p", "v"));
    assertThat(extract.treatment())
        .isEqualTo(
            new ExternalSecret.Treatment(
                dev.signet.delivery.Shape.Decoding.Base64,
                dev.signet.delivery.Shape.KeyConversion.Unicode,
                ExternalSecret.NullBytePolicy.Fail));
  }

  /** In place of {@code D} stands one good entry of data. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {target: {template: {engineVersion: v1, data: {a: b}}}, data: D} | spec.target.template.engineVersion
          {target: {template: {engineVersion: v3, data: {a: b}}}, data: D} | spec.target.template.engineVersion
          {target: {template: {other: 1}}, data: D}                        | spec.target.template.other
          {target: {template: {mergePolicy: Both}}, data: D}               | spec.target.template.mergePolicy
          {target: {template: {metadata: {name: x}}}, data: D}             | spec.target.template.metadata.name
          {target: {template: {templateFrom: [{}]}}, data: D}              | spec.target.template.templateFrom[0]
          {target: {template: {templateFrom: [{literal: a, secret: {name: b}}]}}, data: D} | spec.target.template.templateFrom[0]
          {target: {template: {templateFrom: [{literal: a, valuesDecodingStrategy: Nope}]}}, data: D} | spec.target.template.templateFrom[0].valuesDecodingStrategy
          {target: {template: {templateFrom: [{secret: {name: s, items: [{key: k, templateAs: Other}]}}]}}, data: D} | spec.target.template.templateFrom[0].secret.items[0].templateAs
          {target: {manifest: {apiVersion: v1, kind: ConfigMap, other: 1}}, data: D} | spec.target.manifest.other
          {target: {other: 1}, data: D}                                    | spec.target.other
          {syncWindows: {kind: allow, other: 1}, data: D}                  | spec.syncWindows.other
          {other: 1, data: D}                                              | spec.other
          {secretStoreRef: {name: s, other: 1}, data: D}                   | spec.secretStoreRef.other
          {secretStoreRef: {name: s, kind: Other}, data: D}                | spec.secretStoreRef.kind
          {secretStoreRef: {kind: SecretStore}, data: D}                   | spec.secretStoreRef.name
          {data: [{secretKey: k, remoteRef: {key: r}, other: 1}]}          | spec.data[0].other
          {data: [{secretKey: k, remoteRef: {key: r, other: 1}}]}          | spec.data[0].remoteRef.other
          {data: [{secretKey: k, remoteRef: {key: r, metadataPolicy: All}}]} | spec.data[0].remoteRef.metadataPolicy
          {data: [{secretKey: k, remoteRef: {key: r, decodingStrategy: Hex}}]} | spec.data[0].remoteRef.decodingStrategy
          {data: [{secretKey: k, remoteRef: {key: r, conversionStrategy: X}}]} | spec.data[0].remoteRef.conversionStrategy
          {data: [{secretKey: k, remoteRef: {key: r, nullBytePolicy: X}}]} | spec.data[0].remoteRef.nullBytePolicy
          {data: [{secretKey: k, remoteRef: {key: r}, sourceRef: {generatorRef: {kind: Password, name: p}}}]} | spec.data[0].sourceRef
          {data: [{secretKey: k, remoteRef: {key: r}, sourceRef: {storeRef: {name: s}, generatorRef: {name: p}}}]} | spec.data[0].sourceRef.generatorRef
          {data: [{secretKey: k, remoteRef: {key: r}, sourceRef: {}}]}     | spec.data[0].sourceRef
          {data: [{secretKey: k}]}                                         | spec.data[0].remoteRef
          {data: [{remoteRef: {key: r}}]}                                  | spec.data[0].secretKey
          {data: [{secretKey: k, remoteRef: {property: p}}]}               | spec.data[0].remoteRef.key
          {data: [null]}                                                   | spec.data[0]
          {data: {a: b}}                                                   | spec.data
          {dataFrom: [{find: {name: {regexp: '('}}}]}                      | spec.dataFrom[0].find.name.regexp
          {dataFrom: [{find: {name: {regexp: a, other: 1}}}]}              | spec.dataFrom[0].find.name.other
          {dataFrom: [{extract: {key: r}, rewrite: [{}]}]}                 | spec.dataFrom[0].rewrite[0]
          {dataFrom: [{extract: {key: r}, rewrite: [{merge: {}, regexp: {source: a, target: b}}]}]} | spec.dataFrom[0].rewrite[0]
          {dataFrom: [{extract: {key: r}, rewrite: [{other: {}}]}]}        | spec.dataFrom[0].rewrite[0].other
          {dataFrom: [{extract: {key: r}, rewrite: [{regexp: {source: '(?=a)', target: b}}]}]} | spec.dataFrom[0].rewrite[0].regexp.source
          {dataFrom: [{extract: {key: r}, rewrite: [{merge: {strategy: Deep}}]}]} | spec.dataFrom[0].rewrite[0].merge.strategy
          {dataFrom: [{sourceRef: {generatorRef: {kind: Password, name: p, apiVersion: apps/v1}}}]} | spec.dataFrom[0].sourceRef.generatorRef.apiVersion
          {dataFrom: [{sourceRef: {generatorRef: {kind: Password}}}]}      | spec.dataFrom[0].sourceRef.generatorRef.name
          {dataFrom: [{extract: {key: r}, sourceRef: {}}]}                 | spec.dataFrom[0].sourceRef
          {dataFrom: [{extract: {key: r, other: 1}}]}                      | spec.dataFrom[0].extract.other
          {refreshInterval: soon, data: D}                                 | spec.refreshInterval
          {refreshInterval: 60, data: D}                                   | spec.refreshInterval
          {refreshPolicy: Never, data: D}                                  | spec.refreshPolicy
          {target: {creationPolicy: owner}, data: D}                       | spec.target.creationPolicy
          {target: {deletionPolicy: Keep}, data: D}                        | spec.target.deletionPolicy
          {target: {immutable: 'true'}, data: D}                           | spec.target.immutable
          {target: []}                                                     | spec.target
          """)
  void whatIsNotUnderstoodIsRefusedWithItsPath(String spec, String path) {
    assertThatThrownBy(() -> spec(spec.replace("D}", "[{secretKey: k, remoteRef: {key: r}}]}")))
        .isInstanceOf(MalformedObjectException.class)
        .message()
        .matches("(?s).*(^| )" + java.util.regex.Pattern.quote(path) + "([ ;].*|$)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                             | either data or dataFrom should be specified
          {data: [], dataFrom: []}       | either data or dataFrom should be specified
          {target: {creationPolicy: Merge, deletionPolicy: Delete}, data: D} | deletionPolicy=Delete must not be used when the controller doesn't own the secret. Please set creationPolicy=Owner
          {target: {creationPolicy: None, deletionPolicy: Delete}, data: D} | deletionPolicy=Delete must not be used when the controller doesn't own the secret. Please set creationPolicy=Owner
          {target: {creationPolicy: CreateOrMerge, deletionPolicy: Delete}, data: D} | deletionPolicy=Delete must not be used when the controller doesn't own the secret. Please set creationPolicy=Owner
          {target: {creationPolicy: None, deletionPolicy: Merge}, data: D} | deletionPolicy=Merge must not be used with creationPolicy=None. There is no Secret to merge with
          {data: [{secretKey: k, remoteRef: {key: a}}, {secretKey: k, remoteRef: {key: b}}]} | duplicate secretKey found: k
          {dataFrom: [{}]}               | either extract, find, or sourceRef must be set to dataFrom
          {dataFrom: [{sourceRef: {}}]}  | generatorRef or storeRef must be set when using sourceRef in dataFrom
          {dataFrom: [{extract: {key: r}, find: {path: p}}]} | extract, find, or generatorRef cannot be set at the same time
          {dataFrom: [{extract: {key: r}, sourceRef: {generatorRef: {kind: UUID, name: u}}}]} | extract, find, or generatorRef cannot be set at the same time
          {target: {template: {type: bootstrap.kubernetes.io/token}}, data: D} | template.type="bootstrap.kubernetes.io/token" is not allowed
          {target: {template: {type: kubernetes.io/service-account-token, metadata: {annotations: {kubernetes.io/service-account.name: admin}}}}, data: D} | template.type="kubernetes.io/service-account-token" with annotation "kubernetes.io/service-account.name" is not allowed
          {target: {template: {type: kubernetes.io/service-account-token, templateFrom: [{target: ANNOTATIONS, literal: a}]}}, data: D} | template.type="kubernetes.io/service-account-token" with templateFrom target="Annotations" is not allowed
          {target: {template: {templateFrom: [{target: metadata.ownerReferences, literal: a}]}}, data: D} | templateFrom target="metadata.ownerReferences" is not allowed when targeting a Secret, must be one of "Data", "Annotations" or "Labels"
          {target: {template: {templateFrom: [{target: type, literal: a}]}}, data: D} | templateFrom target="type" is not allowed when targeting a Secret, must be one of "Data", "Annotations" or "Labels"
          """)
  void theRulesOfTheWebhookHold(String spec, String message) {
    assertThatThrownBy(() -> spec(spec.replace("D}", "[{secretKey: k, remoteRef: {key: r}}]}")))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          external-secrets.io/v1alpha1 | apiVersion external-secrets.io/v1alpha1 is not served; use external-secrets.io/v1
          external-secrets.io/v2       | apiVersion external-secrets.io/v2 is not served; use external-secrets.io/v1
          """)
  void otherVersionsAreRefused(String apiVersion, String message) {
    assertThatThrownBy(
            () ->
                read("{apiVersion: " + apiVersion + ", kind: ExternalSecret, metadata: {name: e}}"))
        .hasMessage(message);
  }

  @Test
  void aMisspelledSpecIsRefused() {
    assertThatThrownBy(
            () ->
                read(
                    "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name:"
                        + " e}, spec: {data: [{secretKey: k, remoteRef: {key: r}}]}, target: {name:"
                        + " x}}"))
        .hasMessage("this version does not understand target; nothing was delivered");
  }
}
