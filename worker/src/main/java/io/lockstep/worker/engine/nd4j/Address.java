package io.lockstep.worker.engine.nd4j;

import org.bytedeco.javacpp.FloatPointer;

/** A pointer that can be set to any address, so that no call of BLAS makes a new one. */
final class Address extends FloatPointer {
  Address() {
    super((org.bytedeco.javacpp.Pointer) null);
  }

  Address at(long newAddress) {
    this.address = newAddress;
    return this;
  }
}
