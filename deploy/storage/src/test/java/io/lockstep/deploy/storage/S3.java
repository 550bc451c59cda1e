package io.lockstep.deploy.storage;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Properties;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.TransientApiMetadata;

/** A server of S3's protocol with one bucket, whose objects are in memory. */
final class S3 implements Elsewhere {
  private static final String BUCKET = "lockstep";
  private static final String KEY = "key";
  private static final String SECRET = "secret";

  private final BlobStoreContext objects;
  private final S3Proxy server;

  S3() throws Exception {
    objects =
        ContextBuilder.newBuilder(new TransientApiMetadata())
            .credentials(KEY, SECRET)
            .overrides(new Properties())
            .buildView(BlobStoreContext.class);
    BlobStore store = objects.getBlobStore();
    store.createContainerInLocation(null, BUCKET);
    server =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, KEY, SECRET)
            .build();
    server.start();
  }

  @Override
  public String root() {
    return "s3a://" + BUCKET + "/tests";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of(
        "spark.hadoop.fs.s3a.endpoint",
        "http://127.0.0.1:" + server.getPort(),
        "spark.hadoop.fs.s3a.endpoint.region",
        "us-east-1",
        "spark.hadoop.fs.s3a.path.style.access",
        "true",
        "spark.hadoop.fs.s3a.access.key",
        KEY,
        "spark.hadoop.fs.s3a.secret.key",
        SECRET);
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("the server does not stop", e);
    } finally {
      objects.close();
    }
  }
}
