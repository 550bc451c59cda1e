package io.lockstep.common.frame;

import java.util.List;
import java.util.stream.Stream;

/** How the elements of a gradient lie in a frame. The codes are on the wire. */
public enum GradientForm {
  /** As they were computed: nothing is lost. */
  FLOAT32("float32", 0, Float.BYTES),
  /** IEEE 754 binary16: 11 significant bits, up to 65504, down to 2^-24; see {@link Float16}. */
  FLOAT16("float16", 1, Short.BYTES),
  /** The upper half of a float32: 8 significant bits, the same range; see {@link BFloat16}. */
  BFLOAT16("bfloat16", 2, Short.BYTES);

  private static final GradientForm[] FORMS = values();

  private final String key;
  private final int code;
  private final int bytes;

  GradientForm(String key, int code, int bytes) {
    this.key = key;
    this.code = code;
    this.bytes = bytes;
  }

  /** Its name in a configuration. */
  public String key() {
    return key;
  }

  /** The names in a configuration. */
  public static List<String> keys() {
    return Stream.of(FORMS).map(GradientForm::key).toList();
  }

  /** The form of that name, which is one of {@link #keys}. */
  public static GradientForm ofKey(String key) {
    return Stream.of(FORMS).filter(form -> form.key.equals(key)).findFirst().orElseThrow();
  }

  /** Bytes of an element. */
  public int bytes() {
    return bytes;
  }

  /** Whether elements are rounded on their way. */
  public boolean isLossy() {
    return this != FLOAT32;
  }

  int code() {
    return code;
  }

  static GradientForm of(int code) throws FrameException {
    if (code >= FORMS.length) {
      throw new FrameException(
          "form of gradients must be 0.." + (FORMS.length - 1) + ", got " + code);
    }
    return FORMS[code];
  }
}
