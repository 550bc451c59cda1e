package io.lockstep.deploy;

/** Prints how it was started, for LauncherIT. */
public final class ShowEnvironment {
  private ShowEnvironment() {}

  /** A line {@code NAME=value} for each variable, then one for each argument. */
  public static void main(String[] arguments) {
    System.getenv().forEach((name, value) -> System.out.println(name + "=" + value));
    for (String argument : arguments) {
      System.out.println("argument=" + argument);
    }
  }
}
