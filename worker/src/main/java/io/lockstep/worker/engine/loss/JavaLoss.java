package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Guide;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Objects;

/**
 * A loss that the user wrote: a public class on the class path that implements {@link Loss}, most
 * easily as an {@link ElementLoss} (a number and its label), an {@link ExampleLoss} (an example) or
 * a {@link io.lockstep.worker.engine.nd4j.SameDiffLoss} (differentiated for him). It is made by its
 * public constructor that takes the section {@code settings} as {@link Options}, or by the one that
 * takes nothing.
 *
 * <p>It takes part in the promise: the same numbers must give the same bits on every machine, so it
 * is to have no state, no clock, no random numbers and no {@link Math#exp} and the like ({@link
 * io.lockstep.worker.engine.kernel.Elementary} and {@link StrictMath} have them).
 */
final class JavaLoss {
  private static final Key<String> CLASS =
      Key.text("class", "", "the loss's class, on the class path of driver and executors")
          .required();
  private static final Key<Options> SETTINGS =
      Key.section("settings", "what its constructor is given; of any keys that it reads");

  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "java",
          "a loss of your own, by the name of its class",
          List.of(CLASS, SETTINGS),
          JavaLoss::create);

  static final Guide GUIDE =
      new Guide(
          """
          loss = what the class computes, its slope likewise
          """,
          "(-inf, inf), as the class says; labels likewise",
          "What no other loss here says. Implement ElementLoss, ExampleLoss or, without "
              + "a derivative of your own, SameDiffLoss; put the jar into LOCKSTEP_JARS.");

  private JavaLoss() {}

  private static Loss create(Options options) {
    Class<?> found = find(options);
    if (!Loss.class.isAssignableFrom(found)
        || Modifier.isAbstract(found.getModifiers())
        || !Modifier.isPublic(found.getModifiers())) {
      throw options.error(
          CLASS,
          "must be a public class that implements "
              + Loss.class.getName()
              + ", such as by ElementLoss, ExampleLoss or SameDiffLoss");
    }
    return make(found.asSubclass(Loss.class), options);
  }

  /** By the loader of the task, which knows the jars that Spark was given. */
  private static Class<?> find(Options options) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    try {
      return Class.forName(
          options.get(CLASS), true, loader == null ? JavaLoss.class.getClassLoader() : loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw refuse(
          options,
          "must be a class that can be loaded; put its jar into LOCKSTEP_JARS, or compile it again"
              + " if this is another version's",
          ": " + e,
          e);
    }
  }

  private static Loss make(Class<? extends Loss> type, Options options) {
    Options settings = options.get(SETTINGS);
    try {
      for (Constructor<?> constructor : type.getConstructors()) {
        if (List.of(constructor.getParameterTypes()).equals(List.of(Options.class))) {
          return type.cast(constructor.newInstance(settings));
        }
      }
      if (!settings.isEmpty()) {
        throw options.error(
            SETTINGS, "needs a public constructor of " + type.getName() + " that takes Options");
      }
      return type.getConstructor().newInstance();
    } catch (NoSuchMethodException e) {
      throw refuse(options, "must have a public constructor that takes nothing, or Options", "", e);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof ConfigurationException refused) {
        throw refused;
      }
      throw refuse(options, "must be made without an error", ": " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw refuse(options, "must be a class that can be made", ": " + e, e);
    }
  }

  private static ConfigurationException refuse(
      Options options, String rule, String why, Throwable cause) {
    return new ConfigurationException(
        Objects.requireNonNull(options.error(CLASS, rule).getMessage()) + why, cause);
  }
}
