package io.lockstep.k8s;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Kubernetes' API reference (v1.32) requires of each type, and the words that it takes; the
 * model says neither. A type that is not in the table is a finding: whoever uses a new one says
 * what it requires.
 */
final class Requirements {
  /** A line a type: its name, its required fields, then field=word|word. */
  private static final String TABLE =
      """
      Namespace metadata
      ObjectMeta
      ServiceAccount metadata
      Role metadata rules
      PolicyRule verbs resources apiGroups
      RoleBinding metadata roleRef subjects
      RoleRef apiGroup kind name kind=Role|ClusterRole apiGroup=rbac.authorization.k8s.io
      Subject kind name kind=ServiceAccount|User|Group
      ConfigMap metadata data
      Service metadata spec
      ServiceSpec selector ports type=ClusterIP|NodePort|LoadBalancer|ExternalName
      ServicePort port targetPort protocol=TCP|UDP|SCTP
      PersistentVolumeClaim metadata spec
      PersistentVolumeClaimSpec accessModes resources accessModes=ReadWriteOnce|ReadOnlyMany|ReadWriteMany|ReadWriteOncePod
      VolumeResourceRequirements requests
      NetworkPolicy metadata spec
      NetworkPolicySpec podSelector policyTypes policyTypes=Ingress|Egress
      NetworkPolicyIngressRule
      NetworkPolicyEgressRule
      NetworkPolicyPeer
      NetworkPolicyPort port protocol protocol=TCP|UDP|SCTP
      LabelSelector
      LabelSelectorRequirement key operator operator=In|NotIn|Exists|DoesNotExist
      PodDisruptionBudget metadata spec
      PodDisruptionBudgetSpec selector unhealthyPodEvictionPolicy=IfHealthyBudget|AlwaysAllow
      Job metadata spec
      JobSpec template
      PodFailurePolicy rules
      PodFailurePolicyRule action action=FailJob|FailIndex|Ignore|Count
      PodFailurePolicyOnExitCodesRequirement operator values operator=In|NotIn
      PodFailurePolicyOnPodConditionsPattern type status status=True|False|Unknown
      StatefulSet metadata spec
      StatefulSetSpec selector template serviceName podManagementPolicy=OrderedReady|Parallel
      PodTemplateSpec metadata spec
      Pod metadata spec
      PodSpec containers restartPolicy=Always|OnFailure|Never dnsPolicy=ClusterFirst|ClusterFirstWithHostNet|Default|None
      PodSecurityContext fsGroupChangePolicy=OnRootMismatch|Always
      SeccompProfile type type=RuntimeDefault|Localhost|Unconfined
      Container name image imagePullPolicy=Always|Never|IfNotPresent
      SecurityContext
      Capabilities
      EnvVar name
      EnvVarSource
      ObjectFieldSelector fieldPath
      SecretKeySelector name key
      ContainerPort containerPort name protocol=TCP|UDP|SCTP
      Probe
      TCPSocketAction port
      ExecAction command
      HTTPGetAction port path scheme=HTTP|HTTPS
      ResourceRequirements
      Volume name
      VolumeMount name mountPath
      EmptyDirVolumeSource medium=|Memory
      ConfigMapVolumeSource name
      KeyToPath key path
      PersistentVolumeClaimVolumeSource claimName
      TopologySpreadConstraint maxSkew topologyKey whenUnsatisfiable labelSelector whenUnsatisfiable=DoNotSchedule|ScheduleAnyway
      Toleration operator=Exists|Equal effect=NoSchedule|PreferNoSchedule|NoExecute
      Quantity
      IntOrString
      """;

  private static final Map<String, Type> TYPES = types();
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private Requirements() {}

  private record Type(List<String> required, Map<String, Set<String>> words) {}

  private static Map<String, Type> types() {
    Map<String, Type> types = new LinkedHashMap<>();
    for (String line : TABLE.lines().toList()) {
      List<String> required = new ArrayList<>();
      Map<String, Set<String>> words = new LinkedHashMap<>();
      String[] parts = line.split(" ", -1);
      for (String part : List.of(parts).subList(1, parts.length)) {
        String[] choice = part.split("=", 2);
        if (choice.length == 1) {
          required.add(part);
        } else {
          words.put(choice[0], Set.of(choice[1].split("\\|", -1)));
        }
      }
      types.put(parts[0], new Type(required, words));
    }
    return types;
  }

  static List<String> findings(Overlay overlay) {
    List<String> findings = new ArrayList<>();
    for (ObjectNode object : overlay.objects()) {
      if (Overlay.name(object).isEmpty()) {
        findings.add(Overlay.describe(object) + ": metadata.name is missing");
      }
      if (!Overlay.kind(object).equals("SparkApplication")) {
        findings.addAll(missing(Overlay.describe(object), object));
      }
    }
    for (Pod pod : SparkPods.of(overlay)) {
      ObjectNode whole = JsonNodeFactory.instance.objectNode();
      whole.put("apiVersion", "v1").put("kind", "Pod");
      whole.set("metadata", pod.metadata());
      whole.set("spec", pod.spec());
      findings.addAll(missing(pod.where(), whole));
    }
    return findings;
  }

  private static List<String> missing(String where, ObjectNode object) {
    KubernetesResource model = SERIALIZATION.unmarshal(object.toString());
    List<String> findings = new ArrayList<>();
    Models.visit(model, (path, part) -> check(where + path, part, findings));
    return findings;
  }

  private static void check(String where, Object part, List<String> findings) {
    String name = part.getClass().getSimpleName();
    Type type = TYPES.get(name);
    if (type == null) {
      findings.add(where + ": the table of required fields has no line for " + name);
      return;
    }
    Map<String, @Nullable Object> fields = Models.fields(part);
    for (String field : type.required()) {
      if (isEmpty(fields.get(field)) && !isEmptySelector(name, field, fields)) {
        findings.add(where + "." + field + " is missing");
      }
    }
    type.words()
        .forEach(
            (field, words) -> {
              for (Object word : all(fields.get(field))) {
                if (!words.contains(String.valueOf(word))) {
                  findings.add(where + "." + field + " must be one of " + words + ", got " + word);
                }
              }
            });
  }

  /** A policy's empty selector chooses every pod: it must be there, and may be empty. */
  private static boolean isEmptySelector(
      String type, String field, Map<String, @Nullable Object> fields) {
    return type.equals("NetworkPolicySpec")
        && field.equals("podSelector")
        && fields.get(field) != null;
  }

  private static boolean isEmpty(@Nullable Object value) {
    return value == null
        || (value instanceof String text && text.isEmpty())
        || (value instanceof Collection<?> list && list.isEmpty())
        || (value instanceof Map<?, ?> map && map.isEmpty());
  }

  private static Collection<?> all(@Nullable Object value) {
    if (value == null) {
      return List.of();
    }
    return value instanceof Collection<?> list ? list : List.of(value);
  }
}
