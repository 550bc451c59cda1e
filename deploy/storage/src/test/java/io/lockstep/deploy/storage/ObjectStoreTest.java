package io.lockstep.deploy.storage;

import java.nio.file.Path;

final class ObjectStoreTest extends RunsElsewhere {
  @Override
  Elsewhere start(Path ownFolder) throws Exception {
    return new S3();
  }
}
