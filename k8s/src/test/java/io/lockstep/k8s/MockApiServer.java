package io.lockstep.k8s;

import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.util.HashMap;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An API server that stores what it is given and notes what it is asked for. It admits, schedules
 * and starts nothing, and lets everybody do everything.
 */
final class MockApiServer implements AutoCloseable {
  private static final Pattern PATH =
      Pattern.compile("/api/v1/namespaces/[^/]+/([a-z]+)(/[^/?]+)?(\\?.*)?");

  private static final String TEST = "test";

  private final Set<String> requests = new ConcurrentSkipListSet<>();
  private final KubernetesMockServer server =
      new KubernetesMockServer(
          new Context(), new MockWebServer(), new HashMap<>(), new Noting(), false);

  MockApiServer() {
    server.init();
  }

  /** Spark's name of it as a master. */
  String master() {
    return "k8s://http://" + server.getHostName() + ":" + server.getPort();
  }

  /** A client whose own requests are not noted. */
  NamespacedKubernetesClient client() {
    return server.createClient(
        builder -> builder.editOrNewConfig().withUserAgent(TEST).endConfig());
  }

  /** What it was asked for so far, each as a resource and a verb of a Role, such as "pods list". */
  Set<String> requests() {
    return requests;
  }

  @Override
  public void close() {
    server.destroy();
  }

  /** What a request asks of whoever checks roles. */
  private static String asked(RecordedRequest request) {
    Matcher path = PATH.matcher(request.getPath());
    if (!path.matches()) {
      return request.getPath() + " " + request.getMethod();
    }
    boolean one = path.group(2) != null;
    String query = path.group(3) == null ? "" : path.group(3);
    String verb =
        switch (request.method()) {
          case GET -> query.contains("watch=true") ? "watch" : one ? "get" : "list";
          case POST -> "create";
          case PUT -> "update";
          case PATCH -> "patch";
          case DELETE -> one ? "delete" : "deletecollection";
          default -> request.getMethod();
        };
    return path.group(1) + " " + verb;
  }

  private final class Noting extends Dispatcher {
    private final KubernetesCrudDispatcher store = new KubernetesCrudDispatcher();

    @Override
    public MockResponse dispatch(RecordedRequest request) {
      if (!TEST.equals(request.getHeader("User-Agent"))) {
        requests.add(asked(request));
      }
      return isApply(request) ? apply(request) : store.dispatch(request);
    }

    /** Server-side apply, of which the store knows nothing. */
    private boolean isApply(RecordedRequest request) {
      String type = request.getHeader("Content-Type");
      return request.method() == HttpMethod.PATCH && type != null && type.contains("apply-patch");
    }

    /** Makes the object, or puts the new one in its place. */
    private MockResponse apply(RecordedRequest request) {
      String path = request.getPath().replaceFirst("\\?.*", "");
      boolean present = store.dispatch(as(request, HttpMethod.GET, path)).code() == 200;
      return present
          ? store.dispatch(as(request, HttpMethod.PUT, path))
          : store.dispatch(as(request, HttpMethod.POST, path.replaceFirst("/[^/]+$", "")));
    }

    private RecordedRequest as(RecordedRequest request, HttpMethod method, String path) {
      return new RecordedRequest(
          request.getHttpVersion(), method, path, request.getHeaders(), request.getBody());
    }

    @Override
    public void shutdown() {
      store.shutdown();
    }
  }
}
