package io.lockstep.deploy.examples;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The example files whose outcome a test class asserts. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Asserts {
  /** Their names in {@code deploy/examples}. */
  String[] value();
}
