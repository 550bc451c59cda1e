package io.lockstep.common.optim;

/** Which weights of a version are looked at. The codes are on the wire. */
public enum View {
  /** The parameters, where gradients are taken. */
  PARAMETERS(0),
  /**
   * The model: what the update rule evaluates, which is the parameters unless it says otherwise.
   */
  MODEL(1),
  /** The average that is kept beside the parameters. */
  AVERAGE(2);

  private final int code;

  View(int code) {
    this.code = code;
  }

  /** Its number on the wire. */
  public int code() {
    return code;
  }

  /**
   * The view with a number.
   *
   * @throws IllegalArgumentException where there is none
   */
  public static View of(int code) {
    for (View view : values()) {
      if (view.code == code) {
        return view;
      }
    }
    throw new IllegalArgumentException("view must be 0.." + AVERAGE.code + ", got " + code);
  }
}
